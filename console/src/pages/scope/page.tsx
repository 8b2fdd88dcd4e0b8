import { Breadcrumbs, Group, Tabs } from '@mantine/core';
import { IconChevronRight } from '@tabler/icons-react';
import { lazy, Suspense } from 'react';
import { graphql } from 'react-relay';
import { useParams } from 'react-router';
import { useHasRecord } from '../../record/has-record.ts';
import { useAddressState } from '../../shared/address-state.ts';
import { ScopeName } from '../../shared/names.tsx';
import { ExportButton } from '../../shared/export-button.tsx';
import { PageHead } from '../../shared/page-head.tsx';
import { usePageQuery } from '../../shared/use-page-query.ts';
import { scopeInputText } from '../../shared/scope-input.ts';
import { Uuid } from '../../shared/uuid.tsx';
import { RowsSkeleton } from '../../shared/waiting.tsx';
import { kindWord, noNameWord } from '../../shared/words.ts';
import { AssignButton } from '../../writes/assign-button.tsx';
import { Missing } from '../not-found/missing.tsx';
import { accessExport } from './access-export.ts';
import { WhoHasAccess } from './who-has-access.tsx';
import pageQueryNode, { type pageScopeQuery } from '../../__generated__/pageScopeQuery.graphql';

const Children = lazy(async () => ({ default: (await import('./children.tsx')).Children }));
const History = lazy(async () => ({ default: (await import('../../record/history.tsx')).ScopeHistory }));

const question = graphql`
  query pageScopeQuery($id: ID!) {
    node(id: $id) {
      __typename
      ... on Scope {
        id
        kind
        uuid
        displayName
        resolution
        components {
          field
          uuid
        }
        ancestors {
          id
          kind
          uuid
          ...names_scope
        }
      }
    }
  }
`;

/** One place: where it lies, what lies in it, and who has access to it and why. */
export const Page = () => {
  const { id = '' } = useParams();
  const { node } = usePageQuery<pageScopeQuery>(question, { id });
  const [tab = 'access', setTab] = useAddressState('tab');
  const [way] = useAddressState('way');
  const hasRecord = useHasRecord() === true;
  if (node?.__typename !== 'Scope') return <Missing what="scope" />;
  const { kind, uuid, displayName, resolution, ancestors } = node;
  const exported = accessExport({ kind, uuid }, ancestors ?? [], way);
  const hasName = displayName != null && displayName !== '';
  const name = hasName ? displayName : uuid;
  return (
    <>
      {ancestors != null && ancestors.length > 0 && (
        <Breadcrumbs
          separator={<IconChevronRight size={14} role="img" aria-label="contains" />}
          mb="xs"
          aria-label="Where it lies"
          component="nav"
        >
          {ancestors.toReversed().map((scope) => (
            <ScopeName key={scope.id} scope={scope} />
          ))}
        </Breadcrumbs>
      )}
      <PageHead
        title={name}
        about={
          <Group gap="xs">
            <span>{kindWord(kind)}</span>
            {hasName ? <Uuid value={uuid} /> : <em>{noNameWord(resolution)}</em>}
          </Group>
        }
        query={{ text: pageQueryNode.params.text, variables: { id } }}
      >
        {exported !== undefined && <ExportButton parameters={exported} />}
        <AssignButton scope={{ id, name }} />
      </PageHead>
      <Tabs
        value={tab}
        onChange={(next) => setTab(next === 'access' ? undefined : (next ?? undefined))}
        keepMounted={false}
      >
        <Tabs.List mb="sm" className="no-print">
          <Tabs.Tab value="access">Who has access here</Tabs.Tab>
          <Tabs.Tab value="children">What lies in it</Tabs.Tab>
          {hasRecord && <Tabs.Tab value="history">History</Tabs.Tab>}
        </Tabs.List>
        <Suspense fallback={<RowsSkeleton count={8} />}>
          <Tabs.Panel value="access">
            <WhoHasAccess id={id} />
          </Tabs.Panel>
          <Tabs.Panel value="children">
            <Children id={id} />
          </Tabs.Panel>
          {hasRecord && (
            <Tabs.Panel value="history">
              <History id={id} scope={scopeInputText(node)} name={name} />
            </Tabs.Panel>
          )}
        </Suspense>
      </Tabs>
    </>
  );
};
