import { graphql, useLazyLoadQuery } from 'react-relay';
import type { SubjectFilter, subjectsViewQuery } from './__generated__/subjectsViewQuery.graphql.ts';
import { Asked, type Asking } from './asked.tsx';
import { FilterForm } from './filter-form.tsx';
import type { Filter } from './location.tsx';
import { Page, WaitingRows } from './page.tsx';
import { SubjectList } from './subject-list.tsx';

/** Every subject that the caller may see, narrowed by a filter. */
export const SubjectsView = ({ filter }: { readonly filter: Filter }) => {
  const question = JSON.stringify(filter);
  return (
    <Page title="Subjects" tabTitle="Subjects">
      <FilterForm filter={filter} key={`form ${question}`} />
      <Asked waiting={<WaitingRows label="Loading subjects" />} key={`list ${question}`}>
        {(asking) => <List filter={filter} asking={asking} />}
      </Asked>
    </Page>
  );
};

const List = ({ filter, asking }: { readonly filter: Filter; readonly asking: Asking }) => {
  const query = useLazyLoadQuery<subjectsViewQuery>(
    graphql`
      query subjectsViewQuery($filter: SubjectFilter) {
        ...subjectList_query @arguments(filter: $filter)
      }
    `,
    { filter: filterInputOf(filter) },
    asking,
  );
  return <SubjectList query={query} isFiltered={Object.keys(filter).length > 0} />;
};

const filterInputOf = ({ type, roleName, scope }: Filter): SubjectFilter => ({
  ...(type === undefined ? {} : { type }),
  ...(roleName === undefined ? {} : { roleName }),
  // One of the fields of a oneof input, which Relay types as a union of single fields.
  ...(scope === undefined ? {} : { scopes: [{ [scope.field]: scope.uuid }] as unknown as SubjectFilter['scopes'] }),
});
