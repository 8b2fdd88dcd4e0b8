import { Checkbox, Group, Select, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useMemo, useState } from 'react';
import { useSearchParams } from 'react-router';
import { useAddressState } from '../../shared/address-state.ts';
import type { ExportParameters } from '../../shared/export-button.tsx';
import { typeWord } from '../../shared/words.ts';
import type { ScopeInput, SubjectFilter, SubjectOrder } from '../../__generated__/pageSubjectsQuery.graphql';

const types = ['USER', 'DEVICE', 'USER_GROUP', 'MANAGED_IDENTITY', 'SERVICE', 'UNSPECIFIED', 'UNKNOWN'] as const;
const isType = (text: string): text is (typeof types)[number] => (types as readonly string[]).includes(text);
const scopeFields = [
  'assetGroupUuid',
  'customerUuid',
  'deviceUuid',
  'mspUuid',
  'policyUuid',
  'siteUuid',
  'subscriptionUuid',
  'tenantUuid',
  'userUuid',
] as const;

/** What the address says that the list is narrowed to and sorted by, for the graph and for an export of it. */
export const useSubjectFilters = () => {
  const [parameters] = useSearchParams();
  const address = parameters.toString();
  return useMemo(() => {
    const given = new URLSearchParams(address);
    const text = given.get('text') ?? '';
    const type = given.get('type') ?? '';
    const role = given.get('role') ?? '';
    const [field, uuid] = (given.get('scope') ?? '').split(':');
    const isScoped = scopeFields.some((name) => name === field) && uuid !== undefined && uuid !== '';
    const filter: SubjectFilter = {
      ...(text.length >= 2 && { text }),
      ...(isType(type) && { type }),
      ...(role !== '' && { roleName: role }),
      ...(isScoped && { scopes: [{ [field as string]: uuid } as ScopeInput] }),
      ...(given.get('everywhere') === 'only' && { isGlobal: true }),
      ...(isScoped && given.get('everywhere') === 'too' && { includeGlobal: true }),
    };
    const [sort, direction] = (given.get('sort') ?? 'type').split(':');
    const order = { direction: direction === 'desc' ? 'DESC' : 'ASC' } as const;
    const orderBy: SubjectOrder[] = [{ field: sort === 'reference' ? 'REFERENCE' : 'TYPE', ...order }];
    const exported: ExportParameters = [
      ...(text.length >= 2 ? [['text', text] as const] : []),
      ...(isType(type) ? [['type', type] as const] : []),
      ...(role !== '' ? [['role', role] as const] : []),
      ...(isScoped ? [['scope', `${field}:${uuid}`] as const] : []),
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
      <Checkbox
        label="With a role everywhere"
        checked={everywhere === 'only'}
        onChange={(event) => setEverywhere(event.currentTarget.checked ? 'only' : undefined)}
        mb={8}
      />
    </Group>
  );
};

const TextFilter = ({ name, label }: { readonly name: string; readonly label: string }) => {
  const [value, setValue] = useAddressState(name);
  const [text, setText] = useState(value ?? '');
  const setLater = useDebouncedCallback(setValue, 250);
  return (
    <TextInput
      label={label}
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value);
        setLater(event.currentTarget.value);
      }}
      w={{ base: '100%', xs: 220 }}
    />
  );
};
