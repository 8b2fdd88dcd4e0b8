import { Badge, Group, MultiSelect, SegmentedControl, Stack, Text } from '@mantine/core';
import { Suspense } from 'react';
import { graphql, usePaginationFragment } from 'react-relay';
import { useAddressState } from '../../shared/address-state.ts';
import { DataTable } from '../../shared/data-table.tsx';
import { ScopeName, SubjectName } from '../../shared/names.tsx';
import { NotTold } from '../../shared/not-told.tsx';
import { PageHead } from '../../shared/page-head.tsx';
import { RoleName } from '../../shared/role-name.tsx';
import { usePageQuery } from '../../shared/use-page-query.ts';
import { RowsSkeleton } from '../../shared/waiting.tsx';
import { countText } from '../../shared/words.ts';
import { FindingsExport } from './findings-export.tsx';
import { placeOf, RevokeButton } from '../../writes/revoke-button.tsx';
import type { page_findings$key } from '../../__generated__/page_findings.graphql';
import type { pageFindingsListQuery } from '../../__generated__/pageFindingsListQuery.graphql';
import pageQueryNode, { type pageFindingsQuery, type Severity } from '../../__generated__/pageFindingsQuery.graphql';

const kinds = {
  GLOBAL_GRANT: 'held everywhere',
  BROAD_GRANT: 'tenant or MSP wide',
  MISSING_SUBJECT: 'holder does not exist',
  MISSING_SCOPE: 'scope does not exist',
  REDUNDANT_GRANT: 'redundant',
  GRANT_THROUGH_UNREADABLE_GROUP: 'group cannot be read',
  WITHOUT_ROLES: 'without roles',
  UNKNOWN_KIND: 'unknown kind',
} as const;
type Kind = keyof typeof kinds;
const isKind = (text: string): text is Kind => Object.hasOwn(kinds, text);
const severities: readonly string[] = ['HIGH', 'MEDIUM', 'LOW'];

const question = graphql`
  query pageFindingsQuery($kinds: [FindingKind!], $minSeverity: Severity) {
    ...page_findings @arguments(kinds: $kinds, minSeverity: $minSeverity)
  }
`;

/** What looks wrong with the account, and what to do about it. */
export const Page = () => {
  const [kind, setKind] = useAddressState('kind');
  const [severity, setSeverity] = useAddressState('severity');
  const chosen = (kind ?? '').split(',').filter(isKind);
  const variables: pageFindingsQuery['variables'] = {
    kinds: chosen.length === 0 ? null : chosen,
    minSeverity: severity !== undefined && severities.includes(severity) ? (severity as Severity) : null,
  };
  return (
    <>
      <PageHead title="Findings" query={{ text: pageQueryNode.params.text, variables }}>
        <FindingsExport variables={variables} />
      </PageHead>
      <Group align="end" gap="sm" mb="sm" className="no-print">
        <MultiSelect
          label="Kind"
          placeholder={chosen.length === 0 ? 'any' : ''}
          data={Object.entries(kinds).map(([value, label]) => ({ value, label }))}
          value={chosen}
          onChange={(next) => setKind(next.join(','))}
          clearable
          w={{ base: '100%', xs: 320 }}
        />
        <Stack gap={2}>
          <Text size="sm" fw={500} id="severity-label">
            At least
          </Text>
          <SegmentedControl
            aria-labelledby="severity-label"
            data={[
              { value: 'LOW', label: 'low' },
              { value: 'MEDIUM', label: 'medium' },
              { value: 'HIGH', label: 'high' },
            ]}
            value={severity ?? 'LOW'}
            onChange={(next) => setSeverity(next === 'LOW' ? undefined : next)}
          />
        </Stack>
      </Group>
      <Suspense fallback={<RowsSkeleton count={10} isCensus />}>
        <List key={JSON.stringify(variables)} variables={variables} />
      </Suspense>
    </>
  );
};

const colours: Readonly<Record<string, string>> = { HIGH: 'red', MEDIUM: 'orange', LOW: 'gray' };

const List = ({ variables }: { readonly variables: pageFindingsQuery['variables'] }) => {
  const query = usePageQuery<pageFindingsQuery>(question, variables);
  const { data, hasNext, isLoadingNext, loadNext } = usePaginationFragment<pageFindingsListQuery, page_findings$key>(
    graphql`
      fragment page_findings on Query
      @refetchable(queryName: "pageFindingsListQuery")
      @argumentDefinitions(
        kinds: { type: "[FindingKind!]" }
        minSeverity: { type: "Severity" }
        count: { type: "Int", defaultValue: 50 }
        cursor: { type: "String" }
      ) {
        census {
          findings(first: $count, after: $cursor, kinds: $kinds, minSeverity: $minSeverity)
            @connection(key: "page_findings") {
            totalCount
            edges {
              node {
                id
                kind
                severity
                explanation
                subject {
                  id
                  reference
                  type
                  displayName
                  ...names_subject
                }
                scopedRole {
                  id
                  name
                  isGlobal
                }
                scope {
                  id
                  kind
                  uuid
                  displayName
                  ...names_scope
                }
              }
            }
          }
        }
      }
    `,
    query,
  );
  const findings = data.census?.findings;
  if (findings == null) return <NotTold>The findings</NotTold>;
  return (
    <>
      <Text size="sm" c="dimmed" mb={4}>
        {countText(findings.totalCount)} findings
      </Text>
      <DataTable
        label="Findings"
        rows={findings.edges}
        keyOf={({ node }) => node.id}
        more={{ hasNext, isLoadingNext, loadNext }}
        empty="Nothing looks wrong."
        columns={[
          {
            header: 'Severity',
            width: '7rem',
            cell: ({ node }) => (
              <Badge size="sm" variant="light" color={colours[node.severity] ?? 'gray'} tt="none">
                {node.severity.toLowerCase()}
              </Badge>
            ),
          },
          {
            header: 'What',
            cell: ({ node }) => (
              <>
                <Text size="sm" fw={500}>
                  {isKind(node.kind) ? kinds[node.kind] : node.kind}
                </Text>
                <Text size="xs" c="dimmed">
                  {withNames(node.explanation, [
                    [node.subject.reference, node.subject.displayName],
                    [node.scope?.uuid, node.scope?.displayName],
                  ])}
                </Text>
              </>
            ),
          },
          { header: 'Who', cell: ({ node }) => <SubjectName subject={node.subject} />, width: '22%' },
          {
            header: 'Grant',
            width: '24%',
            cell: ({ node }) => (
              <Group gap={4}>
                {node.scopedRole != null && <RoleName name={node.scopedRole.name} />}
                {node.scope != null && <ScopeName scope={node.scope} />}
                {node.scopedRole != null && (
                  <RevokeButton
                    subject={{
                      reference: node.subject.reference,
                      type: node.subject.type,
                      name: node.subject.displayName ?? node.subject.reference,
                    }}
                    roleName={node.scopedRole.name}
                    places={node.scopedRole.isGlobal ? 'everywhere' : node.scope == null ? [] : [placeOf(node.scope)]}
                  />
                )}
              </Group>
            ),
          },
        ]}
      />
    </>
  );
};

/** A sentence of the graph with names in the place of uuids, where there are such. Each name keeps its own direction. */
const withNames = (
  sentence: string,
  names: readonly (readonly [uuid: string | undefined, name: string | null | undefined])[],
): string =>
  names.reduce(
    (text, [uuid, name]) =>
      uuid === undefined || uuid === '' || name == null || name === ''
        ? text
        : text.replaceAll(uuid, () => `\u2068${name}\u2069`),
    sentence,
  );
