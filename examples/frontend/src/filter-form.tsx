import { useId } from 'react';
import type { SubjectType } from './__generated__/subjectsViewQuery.graphql.ts';
import { type Filter, type ScopeField, scopeFields, show } from './location.tsx';
import { wordOf } from './words.ts';

const types: readonly SubjectType[] = [
  'USER',
  'DEVICE',
  'USER_GROUP',
  'MANAGED_IDENTITY',
  'SERVICE',
  'UNSPECIFIED',
  'UNKNOWN',
];

/** Which subjects to show. A choice counts at once, a text when it is complete: half a role name would be asked for in vain. */
export const FilterForm = ({ filter }: { readonly filter: Filter }) => {
  const id = useId();
  return (
    <form
      className="card filter"
      role="search"
      aria-label="Filter subjects"
      onSubmit={(event) => {
        event.preventDefault();
        show({ name: 'subjects', filter: filterOf(new FormData(event.currentTarget)) });
      }}
    >
      <label htmlFor={`${id}-type`}>
        Type
        <select
          id={`${id}-type`}
          name="type"
          defaultValue={filter.type ?? ''}
          onChange={(event) => event.currentTarget.form?.requestSubmit()}
        >
          <option value="">Any</option>
          {types.map((type) => (
            <option value={type} key={type}>
              {wordOf(type)}
            </option>
          ))}
        </select>
      </label>
      <label htmlFor={`${id}-role`}>
        Holds the role
        <input id={`${id}-role`} name="roleName" defaultValue={filter.roleName} placeholder="Any, or its name" />
      </label>
      <fieldset>
        <legend>At the scope</legend>
        <select name="field" aria-label="Kind of scope" defaultValue={filter.scope?.field ?? 'customerUuid'}>
          {Object.entries(scopeFields).map(([field, name]) => (
            <option value={field} key={field}>
              {name}
            </option>
          ))}
        </select>
        <input
          name="uuid"
          aria-label="Uuid of the scope"
          defaultValue={filter.scope?.uuid}
          placeholder="Any, or its uuid"
        />
      </fieldset>
      <div className="actions">
        <button type="submit">Show</button>
        <button type="reset" className="quiet" onClick={() => show({ name: 'subjects', filter: {} })}>
          Clear
        </button>
      </div>
    </form>
  );
};

const filterOf = (form: FormData): Filter => {
  const textOf = (name: string): string => {
    const value = form.get(name);
    return typeof value === 'string' ? value.trim() : '';
  };
  const [type, roleName, uuid] = [textOf('type'), textOf('roleName'), textOf('uuid')];
  return {
    ...(type === '' ? {} : { type: type as SubjectType }),
    ...(roleName === '' ? {} : { roleName }),
    ...(uuid === '' ? {} : { scope: { field: textOf('field') as ScopeField, uuid } }),
  };
};
