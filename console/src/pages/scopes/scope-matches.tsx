import { Text } from '@mantine/core';
import { graphql } from 'react-relay';
import { DataTable } from '../../shared/data-table.tsx';
import { ScopeName } from '../../shared/names.tsx';
import { usePageQuery } from '../../shared/use-page-query.ts';
import { countText, kindWord, notSearchedText } from '../../shared/words.ts';
import { useHolderCounts } from './holder-counts.ts';
import scopeMatchesQueryNode, { type scopeMatchesQuery } from '../../__generated__/scopeMatchesQuery.graphql';

export const scopeMatchesText: string | null = scopeMatchesQueryNode.params.text;

export interface ScopeMatchesProps {
  readonly text: string;
  readonly kind: string | undefined;
}

/** The scopes that have a text in what they are called or known by. */
export const ScopeMatches = ({ text, kind }: ScopeMatchesProps) => {
  const { search } = usePageQuery<scopeMatchesQuery>(
    graphql`
      query scopeMatchesQuery($text: String!) {
        search(text: $text, kinds: [SCOPE], first: 1000) {
          totalCount
          gaps {
            source
          }
          nodes {
            ... on Scope {
              id
              kind
              ...names_scope @alias(as: "named")
            }
          }
        }
      }
    `,
    { text },
  );
  const counts = useHolderCounts();
  if (search == null) return <Text c="dimmed">This could not be looked for just now.</Text>;
  const rows = search.nodes.flatMap(({ id, kind: itsKind, named }) =>
    id !== undefined && itsKind !== undefined && named != null && (kind === undefined || kind === itsKind)
      ? [{ id, kind: itsKind, named, count: counts?.get(id) }]
      : [],
  );
  const rest = (search.totalCount ?? 0) - search.nodes.length;
  return (
    <>
      <Text size="sm" c="dimmed" mb={4}>
        {rows.length === 1 ? '1 scope' : `${countText(rows.length)} scopes`} at which a role is held
        {rest > 0 &&
          ` among the first ${countText(search.nodes.length)} that match, of ${countText(search.totalCount)}`}
        {notSearchedText(search.gaps)}
      </Text>
      <DataTable
        label="Scopes"
        rows={rows}
        keyOf={({ id }) => id}
        empty="No scope at which a role is held matches."
        columns={[
          { header: 'Where', cell: ({ named }) => <ScopeName scope={named} /> },
          {
            header: 'Kind',
            width: '9rem',
            isMinor: true,
            cell: (row) => <Text size="sm">{kindWord(row.kind)}</Text>,
          },
          { header: 'Holders', isNumber: true, width: '8rem', cell: ({ count }) => countText(count?.holders) },
          {
            header: 'Roles',
            isNumber: true,
            width: '7rem',
            isMinor: true,
            cell: ({ count }) => countText(count?.roles),
          },
        ]}
      />
    </>
  );
};
