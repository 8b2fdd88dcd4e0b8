import { Checkbox, Group, Select } from '@mantine/core';
import { useMemo } from 'react';
import { useSearchParams } from 'react-router';
import { useAddressState, useSetAddress } from '../../shared/address-state.ts';
import type { ExportParameters } from '../../shared/export-button.tsx';
import { readScopeInput } from '../../shared/scope-input.ts';
import { TextFilter } from '../../shared/text-filter.tsx';
import { ThingPicker } from '../../shared/thing-picker.tsx';
import { typeWord } from '../../shared/words.ts';
import type { SubjectFilter, SubjectOrder } from '../../__generated__/pageSubjectsQuery.graphql';

const types = ['USER', 'DEVICE', 'USER_GROUP', 'MANAGED_IDENTITY', 'SERVICE', 'UNSPECIFIED', 'UNKNOWN'] as const;
const isType = (text: string): text is (typeof types)[number] => (types as readonly string[]).includes(text);

/** What the address says that the list is narrowed to and sorted by, for the graph and for an export of it. */
export const useSubjectFilters = () => {
  const [parameters] = useSearchParams();
  const address = parameters.toString();
  return useMemo(() => {
    const given = new URLSearchParams(address);
    const text = given.get('text') ?? '';
    const type = given.get('type') ?? '';
    const role = given.get('role') ?? '';
    const scopeText = given.get('scope') ?? '';
    const scope = readScopeInput(scopeText);
    const filter: SubjectFilter = {
      ...(text.length >= 2 && { text }),
      ...(isType(type) && { type }),
      ...(role !== '' && { roleName: role }),
      ...(scope !== undefined && { scopes: [scope] }),
      ...(given.get('everywhere') === 'only' && { isGlobal: true }),
      ...(scope !== undefined && given.get('everywhere') === 'too' && { includeGlobal: true }),
    };
    const [sort, direction] = (given.get('sort') ?? 'type').split(':');
    const order = { direction: direction === 'desc' ? 'DESC' : 'ASC' } as const;
    const orderBy: SubjectOrder[] = [{ field: sort === 'reference' ? 'REFERENCE' : 'TYPE', ...order }];
    const exported: ExportParameters = [
      ...(text.length >= 2 ? [['text', text] as const] : []),
      ...(isType(type) ? [['type', type] as const] : []),
      ...(role !== '' ? [['role', role] as const] : []),
      ...(scope !== undefined ? [['scope', scopeText] as const] : []),
      ...(filter.isGlobal === true ? [['everywhere', 'true'] as const] : []),
      ...(filter.includeGlobal === true ? [['includeGlobal', 'true'] as const] : []),
    ];
    return { variables: { filter, orderBy }, exported };
  }, [address]);
};

/** The fields above the list. What they say stands in the address. */
export const Filters = () => {
  const [type, setType] = useAddressState('type');
  const [everywhere, setEverywhere] = useAddressState('everywhere');
  return (
    <Group gap="sm" mb="sm" align="end" className="no-print">
      <TextFilter name="text" label="Name, mail or uuid" />
      <Select
        label="Type"
        placeholder="any"
        data={types.map((value) => ({ value, label: typeWord(value) }))}
        value={type ?? null}
        onChange={(value) => setType(value ?? undefined)}
        clearable
        w={170}
      />
      <TextFilter name="role" label="Role" />
      <ScopeFilter />
      <Checkbox
        label="With a role everywhere"
        checked={everywhere === 'only'}
        onChange={(event) => setEverywhere(event.currentTarget.checked ? 'only' : undefined)}
        mb={8}
      />
    </Group>
  );
};

/** Where a role has to be held. Only with a place can those be counted in who hold it everywhere. */
const ScopeFilter = () => {
  const [parameters] = useSearchParams();
  const scope = parameters.get('scope') ?? undefined;
  const change = useSetAddress();
  return (
    <>
      <ThingPicker
        label="Scope"
        kind="SCOPE"
        value={scope}
        valueLabel={parameters.get('scope-name') ?? scope}
        onPick={(picked, name) => {
          const everywhere = parameters.get('everywhere') ?? undefined;
          change({
            scope: picked,
            'scope-name': name,
            everywhere: picked === undefined && everywhere === 'too' ? undefined : everywhere,
          });
        }}
      />
      {scope !== undefined && (
        <Checkbox
          label="Or everywhere"
          checked={parameters.get('everywhere') === 'too'}
          onChange={(event) => change({ everywhere: event.currentTarget.checked ? 'too' : undefined })}
          mb={8}
        />
      )}
    </>
  );
};
