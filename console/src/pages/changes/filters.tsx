import { Group, Select, TextInput } from '@mantine/core';
import { useMemo } from 'react';
import { useSearchParams } from 'react-router';
import { useSetAddress } from '../../shared/address-state.ts';
import { readScopeInput } from '../../shared/scope-input.ts';
import { ThingPicker } from '../../shared/thing-picker.tsx';
import type { pageChangesQuery } from '../../__generated__/pageChangesQuery.graphql';

type ChangeVariables = pageChangesQuery['variables'];

/** What the address narrows the record to. */
export interface ChangeFilters {
  /** For the changes. */
  readonly changes: ChangeVariables;
  /** For what was held at a moment; undefined where none is chosen. */
  readonly time: string | undefined;
  readonly isNarrowed: boolean;
}

/** Reads the filters from the address. Days are those of who looks, from their midnight on; the last one is in it whole. */
export const useChangeFilters = (): ChangeFilters => {
  const [parameters] = useSearchParams();
  const address = parameters.toString();
  return useMemo(() => {
    const given = new URLSearchParams(address);
    const text = (name: string): string | undefined => given.get(name) || undefined;
    const who = text('who');
    const kind = text('kind');
    const changes: ChangeVariables = {
      subject: who === undefined ? null : { reference: who },
      roleName: text('role') ?? null,
      scope: readScopeInput(given.get('at')) ?? null,
      kinds: kind === 'GRANTED' || kind === 'REVOKED' ? [kind] : null,
      since: midnight(text('since'), 0) ?? null,
      until: midnight(text('until'), 1) ?? null,
    };
    const time = text('time');
    return {
      changes,
      time: time !== undefined && !Number.isNaN(Date.parse(time)) ? new Date(time).toISOString() : undefined,
      isNarrowed: Object.values(changes).some((value) => value !== null),
    };
  }, [address]);
};

/** The midnight that begins a day, or one some days later. */
const midnight = (day: string | undefined, daysLater: number): string | undefined => {
  const [year = '', month = '', date = ''] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(day ?? '')?.slice(1) ?? [];
  return year === '' ? undefined : new Date(Number(year), Number(month) - 1, Number(date) + daysLater).toISOString();
};

/** The fields above the list. What they say stands in the address. */
export const Filters = ({ isThen }: { readonly isThen: boolean }) => {
  const [parameters] = useSearchParams();
  const set = useSetAddress();
  const given = (name: string): string | undefined => parameters.get(name) ?? undefined;
  return (
    <Group gap="sm" mb="md" align="end" className="no-print">
      {isThen && (
        <TextInput
          type="datetime-local"
          label="As it was on"
          value={localText(given('time'))}
          onChange={(event) => set({ time: isoText(event.currentTarget.value) })}
          w={{ base: '100%', xs: 210 }}
        />
      )}
      <ThingPicker
        label="Who"
        kind="SUBJECT"
        value={given('who')}
        valueLabel={given('who-name') ?? given('who')}
        onPick={(who, name) => set({ who, 'who-name': name })}
        takesOther="a reference"
      />
      <ThingPicker
        label="Role"
        kind="ROLE"
        value={given('role')}
        valueLabel={given('role')}
        onPick={(role) => set({ role })}
        takesOther="a role"
      />
      <ThingPicker
        label="Where"
        kind="SCOPE"
        value={given('at')}
        valueLabel={given('at-name') ?? given('at')}
        onPick={(at, name) => set({ at, 'at-name': name })}
      />
      {!isThen && (
        <>
          <Select
            label="What"
            placeholder="any"
            data={[
              { value: 'GRANTED', label: 'granted' },
              { value: 'REVOKED', label: 'revoked' },
            ]}
            value={given('kind') ?? null}
            onChange={(kind) => set({ kind: kind ?? undefined })}
            clearable
            w={{ base: '100%', xs: 130 }}
          />
          <Group gap="sm" wrap="nowrap" w={{ base: '100%', xs: 'auto' }}>
            <TextInput
              type="date"
              label="From"
              value={given('since') ?? ''}
              onChange={(event) => set({ since: event.currentTarget.value })}
              flex={1}
            />
            <TextInput
              type="date"
              label="To"
              value={given('until') ?? ''}
              onChange={(event) => set({ until: event.currentTarget.value })}
              flex={1}
            />
          </Group>
        </>
      )}
    </Group>
  );
};

/** A moment as a field of the browser takes it: in its own time zone, without one. */
const localText = (iso: string | undefined): string => {
  const at = new Date(iso ?? '');
  if (Number.isNaN(at.getTime())) return '';
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
};

/** The same for an address: the one moment, whatever the time zone of who gets it. */
const isoText = (local: string): string | undefined => {
  const at = new Date(local);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
};
