import { Anchor, Tabs, Text } from '@mantine/core';
import { Suspense } from 'react';
import { graphql, usePaginationFragment } from 'react-relay';
import { Link, useParams } from 'react-router';
import { useAddressState } from '../../shared/address-state.ts';
import { DataTable } from '../../shared/data-table.tsx';
import { ExportButton } from '../../shared/export-button.tsx';
import { GrantPlaces } from '../../shared/grant-places.tsx';
import { ScopeName, SubjectName } from '../../shared/names.tsx';
import { NotTold } from '../../shared/not-told.tsx';
import { PageHead } from '../../shared/page-head.tsx';
import { useTabQuery } from '../../shared/open-query.tsx';
import { usePageQuery } from '../../shared/use-page-query.ts';
import { RowsSkeleton } from '../../shared/waiting.tsx';
import { countText, typeWord } from '../../shared/words.ts';
import type { page_holders$key } from '../../__generated__/page_holders.graphql';
import type { page_places$key } from '../../__generated__/page_places.graphql';
import type { pageHoldersListQuery } from '../../__generated__/pageHoldersListQuery.graphql';
import type { pagePlacesListQuery } from '../../__generated__/pagePlacesListQuery.graphql';
import type { pagePlacesQuery } from '../../__generated__/pagePlacesQuery.graphql';
import pageQueryNode, { type pageRoleQuery } from '../../__generated__/pageRoleQuery.graphql';

const question = graphql`
  query pageRoleQuery($name: String!) {
    role(name: $name) {
      ...page_holders
    }
    everywhere: subjects(first: 0, filter: { roleName: $name, isGlobal: true }) {
      totalCount
    }
  }
`;

/** One role: who holds it, how many everywhere, and where. */
export const Page = () => {
  const { name = '' } = useParams();
  const [tab = 'holders', setTab] = useAddressState('tab');
  return (
    <>
      <PageHead title={name} about="role" query={{ text: pageQueryNode.params.text, variables: { name } }}>
        <ExportButton parameters={[['role', name]]} />
      </PageHead>
      <Tabs
        value={tab}
        onChange={(next) => setTab(next === 'holders' ? undefined : (next ?? undefined))}
        keepMounted={false}
      >
        <Tabs.List mb="sm" className="no-print">
          <Tabs.Tab value="holders">Holders</Tabs.Tab>
          <Tabs.Tab value="places">Where it is held</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="holders">
          <Suspense fallback={<RowsSkeleton count={10} isCensus />}>
            <Holders name={name} />
          </Suspense>
        </Tabs.Panel>
        <Tabs.Panel value="places">
          <Suspense fallback={<RowsSkeleton count={10} isCensus />}>
            <Places name={name} />
          </Suspense>
        </Tabs.Panel>
      </Tabs>
    </>
  );
};

const Holders = ({ name }: { readonly name: string }) => {
  const { role, everywhere } = usePageQuery<pageRoleQuery>(question, { name });
  const { data, hasNext, isLoadingNext, loadNext } = usePaginationFragment<pageHoldersListQuery, page_holders$key>(
    graphql`
      fragment page_holders on Role
      @refetchable(queryName: "pageHoldersListQuery")
      @argumentDefinitions(count: { type: "Int", defaultValue: 50 }, cursor: { type: "String" }) {
        subjects(first: $count, after: $cursor) @connection(key: "page_holders_subjects") {
          totalCount
          edges {
            node {
              id
              type
              ...names_subject
            }
            roles {
              id
              ...grantPlaces_role
            }
          }
        }
      }
    `,
    role,
  );
  const { subjects } = data;
  if (subjects == null) return <NotTold>Who holds this role</NotTold>;
  return (
    <>
      <Text size="sm" c="dimmed" mb={4}>
        {countText(subjects.totalCount)} holders
        {everywhere?.totalCount != null && (
          <>
            {', '}
            <Anchor
              component={Link}
              to={`/subjects?${new URLSearchParams({ role: name, everywhere: 'only' })}`}
              inherit
            >
              {countText(everywhere.totalCount)} of them everywhere
            </Anchor>
          </>
        )}
      </Text>
      <DataTable
        label="Holders of this role"
        rows={subjects.edges}
        keyOf={({ node }, index) => `${node.id} ${index}`}
        more={{ hasNext, isLoadingNext, loadNext }}
        empty="Nobody holds this role."
        columns={[
          { header: 'Who', cell: ({ node }) => <SubjectName subject={node} /> },
          {
            header: 'Type',
            cell: ({ node }) => <Text size="sm">{typeWord(node.type)}</Text>,
            width: '10rem',
            isMinor: true,
          },
          { header: 'Where', cell: ({ roles }) => <GrantPlaces roles={roles} />, width: '45%' },
        ]}
      />
    </>
  );
};

const Places = ({ name }: { readonly name: string }) => {
  const { role } = useTabQuery<pagePlacesQuery>(
    graphql`
      query pagePlacesQuery($name: String!) {
        role(name: $name) {
          ...page_places
        }
      }
    `,
    { name },
  );
  const { data, hasNext, isLoadingNext, loadNext } = usePaginationFragment<pagePlacesListQuery, page_places$key>(
    graphql`
      fragment page_places on Role
      @refetchable(queryName: "pagePlacesListQuery")
      @argumentDefinitions(count: { type: "Int", defaultValue: 100 }, cursor: { type: "String" }) {
        scopes(first: $count, after: $cursor) @connection(key: "page_places_scopes") {
          totalCount
          edges {
            holderCount
            node {
              id
              ...names_scope
            }
          }
        }
      }
    `,
    role,
  );
  const { scopes } = data;
  if (scopes == null) return <NotTold>Where this role is held</NotTold>;
  return (
    <>
      <Text size="sm" c="dimmed" mb={4}>
        {countText(scopes.totalCount)} scopes
      </Text>
      <DataTable
        label="Scopes at which this role is held"
        rows={scopes.edges}
        keyOf={({ node }) => node.id}
        more={{ hasNext, isLoadingNext, loadNext }}
        empty="It is held at no scope."
        columns={[
          { header: 'Where', cell: ({ node }) => <ScopeName scope={node} /> },
          { header: 'Holders', isNumber: true, cell: ({ holderCount }) => countText(holderCount), width: '8rem' },
        ]}
      />
    </>
  );
};
