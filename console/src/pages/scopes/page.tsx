import { Select, SegmentedControl, Group } from '@mantine/core';
import { lazy, Suspense } from 'react';
import { useAddressState } from '../../shared/address-state.ts';
import { PageHead } from '../../shared/page-head.tsx';
import { TextFilter } from '../../shared/text-filter.tsx';
import { RowsSkeleton } from '../../shared/waiting.tsx';
import { kindWord } from '../../shared/words.ts';
import { ScopeList, scopeListText } from './scope-list.tsx';
import { ScopeMatches, scopeMatchesText } from './scope-matches.tsx';
import { ScopesExport } from './scopes-export.tsx';
import type { ScopeKind } from '../../__generated__/scopeListQuery.graphql';

const ScopeTree = lazy(async () => ({ default: (await import('./scope-tree.tsx')).ScopeTree }));

const kinds = [
  'ASSET_GROUP',
  'CUSTOMER',
  'DEVICE',
  'MSP',
  'POLICY',
  'SITE',
  'SUBSCRIPTION',
  'TENANT',
  'USER',
  'UNKNOWN',
] as const;

/** Where roles are held: as a flat list with counts, and as the tree of static groups with what is linked to them. */
export const Page = () => {
  const [view = 'list', setView] = useAddressState('view');
  const [kind, setKind] = useAddressState('kind');
  const [text = ''] = useAddressState('text');
  const isSearch = text.trim().length >= 2;
  const variables = { kind: (kind as ScopeKind | undefined) ?? null };
  return (
    <>
      <PageHead
        title="Scopes"
        query={
          isSearch ? { text: scopeMatchesText, variables: { text: text.trim() } } : { text: scopeListText, variables }
        }
      >
        {view === 'list' && !isSearch && <ScopesExport variables={variables} />}
      </PageHead>
      <Group align="end" gap="sm" mb="sm" className="no-print">
        <SegmentedControl
          aria-label="View"
          data={[
            { value: 'list', label: 'List' },
            { value: 'tree', label: 'Tree' },
          ]}
          value={view}
          onChange={(next) => setView(next === 'list' ? undefined : next)}
        />
        <TextFilter name="text" label="Name or uuid" />
        {(view === 'list' || isSearch) && (
          <Select
            label="Kind"
            placeholder="any"
            data={kinds.map((value) => ({ value, label: kindWord(value) }))}
            value={kind ?? null}
            onChange={(next) => setKind(next ?? undefined)}
            clearable
            w={180}
          />
        )}
      </Group>
      <Suspense fallback={<RowsSkeleton count={12} isCensus />}>
        {isSearch ? (
          <ScopeMatches key={text} text={text.trim()} kind={kind} />
        ) : view === 'tree' ? (
          <ScopeTree />
        ) : (
          <ScopeList key={kind ?? ''} variables={variables} />
        )}
      </Suspense>
    </>
  );
};
