import { Anchor, Group, Text } from '@mantine/core';
import { IconCalendarClock } from '@tabler/icons-react';
import { type ReactNode, Suspense } from 'react';
import { graphql, usePaginationFragment } from 'react-relay';
import { Link } from 'react-router';
import { useTellOpenQuery } from '../shared/open-query.tsx';
import { readScopeInput } from '../shared/scope-input.ts';
import { RowsSkeleton } from '../shared/waiting.tsx';
import { countText } from '../shared/words.ts';
import { ChangeTable, type ChangeTableProps } from './change-table.tsx';
import { LiveBar } from './live-bar.tsx';
import { NoRecord } from './no-record.tsx';
import { RecordBoundary } from './record-boundary.tsx';
import { type LiveChanges, useLiveChanges } from './use-live-changes.ts';
import { useRecordQuery } from './use-record-query.ts';
import type { history_scope$data, history_scope$key } from '../__generated__/history_scope.graphql';
import type { history_subject$data, history_subject$key } from '../__generated__/history_subject.graphql';
import type { historyScopeListQuery } from '../__generated__/historyScopeListQuery.graphql';
import type { historyScopeQuery } from '../__generated__/historyScopeQuery.graphql';
import type { historySubjectListQuery } from '../__generated__/historySubjectListQuery.graphql';
import type { historySubjectQuery } from '../__generated__/historySubjectQuery.graphql';

interface SubjectHistoryProps {
  readonly id: string;
  readonly reference: string;
  readonly name: string;
}

/** What a subject got and lost, newest first and live. */
export const SubjectHistory = ({ id, reference, name }: SubjectHistoryProps) => {
  const live = useLiveChanges({ subject: { reference } });
  return (
    <Around live={live} question={id} then={{ who: reference, 'who-name': name }}>
      <OfSubject id={id} live={live} />
    </Around>
  );
};

const ofSubjectQuestion = graphql`
  query historySubjectQuery($id: ID!) {
    node(id: $id) {
      ...history_subject @alias(as: "subject")
    }
  }
`;

const OfSubject = ({ id, live }: { readonly id: string; readonly live: LiveChanges }) => {
  useTellOpenQuery(ofSubjectQuestion, { id });
  const { node } = useRecordQuery<historySubjectQuery>(ofSubjectQuestion, { id }, live.reading);
  return node?.subject == null ? <NoRecord /> : <SubjectList subject={node.subject} fresh={live.fresh} />;
};

const SubjectList = ({
  subject,
  fresh,
}: {
  readonly subject: history_subject$key;
  readonly fresh: ReadonlySet<string>;
}) => {
  const { data, hasNext, isLoadingNext, loadNext } = usePaginationFragment<
    historySubjectListQuery,
    history_subject$key
  >(
    graphql`
      fragment history_subject on Subject
      @refetchable(queryName: "historySubjectListQuery")
      @argumentDefinitions(count: { type: "Int", defaultValue: 50 }, cursor: { type: "String" }) {
        history(first: $count, after: $cursor) @connection(key: "history_subject_history") {
          totalCount
          edges {
            node {
              id
              ...changeTable_change
            }
          }
        }
      }
    `,
    subject,
  );
  return (
    <List
      history={data.history}
      fresh={fresh}
      more={{ hasNext, isLoadingNext, loadNext }}
      without="subject"
      empty="It has neither got nor lost a role since the record began."
    />
  );
};

interface ScopeHistoryProps {
  readonly id: string;
  /** As `field:uuid`; undefined where the graph takes no such scope in an argument. */
  readonly scope: string | undefined;
  readonly name: string;
}

/** Who got and lost what at a scope, newest first and live. */
export const ScopeHistory = ({ id, scope, name }: ScopeHistoryProps) => {
  // A scope that cannot be named is followed with everything: what comes elsewhere makes the list only be read again.
  const live = useLiveChanges({ scope: readScopeInput(scope) ?? null });
  return (
    <Around live={live} question={id} then={scope === undefined ? undefined : { at: scope, 'at-name': name }}>
      <AtScope id={id} live={live} />
    </Around>
  );
};

const ofScopeQuestion = graphql`
  query historyScopeQuery($id: ID!) {
    node(id: $id) {
      ...history_scope @alias(as: "scope")
    }
  }
`;

const AtScope = ({ id, live }: { readonly id: string; readonly live: LiveChanges }) => {
  useTellOpenQuery(ofScopeQuestion, { id });
  const { node } = useRecordQuery<historyScopeQuery>(ofScopeQuestion, { id }, live.reading);
  return node?.scope == null ? <NoRecord /> : <ScopeList scope={node.scope} fresh={live.fresh} />;
};

const ScopeList = ({ scope, fresh }: { readonly scope: history_scope$key; readonly fresh: ReadonlySet<string> }) => {
  const { data, hasNext, isLoadingNext, loadNext } = usePaginationFragment<historyScopeListQuery, history_scope$key>(
    graphql`
      fragment history_scope on Scope
      @refetchable(queryName: "historyScopeListQuery")
      @argumentDefinitions(count: { type: "Int", defaultValue: 50 }, cursor: { type: "String" }) {
        history(first: $count, after: $cursor) @connection(key: "history_scope_history") {
          totalCount
          edges {
            node {
              id
              ...changeTable_change
            }
          }
        }
      }
    `,
    scope,
  );
  return (
    <List
      history={data.history}
      fresh={fresh}
      more={{ hasNext, isLoadingNext, loadNext }}
      without="scope"
      empty="Nobody has got or lost a role at exactly this place since the record began."
    />
  );
};

interface ListProps extends Omit<ChangeTableProps, 'changes'> {
  readonly history: History | null | undefined;
}

type History = NonNullable<(history_subject$data | history_scope$data)['history']>;

/** The changes themselves, under how many there are. */
const List = ({ history, ...shown }: ListProps) => {
  if (history == null) return <NoRecord />;
  return (
    <>
      <Text size="sm" c="dimmed" mb={4}>
        {history.totalCount === 1 ? '1 change' : `${countText(history.totalCount)} changes`}
      </Text>
      <ChangeTable changes={history.edges.map(({ node }) => node)} {...shown} />
    </>
  );
};

interface AroundProps {
  readonly live: LiveChanges;
  readonly question: string;
  /** What names the same on the page of changes. */
  readonly then: Readonly<Record<string, string>> | undefined;
  readonly children: ReactNode;
}

/** What stands around every history: whether it is live, and the way to how it was on a day. */
const Around = ({ live, question, then, children }: AroundProps) => (
  <>
    <Group justify="space-between" mb={4} gap="sm">
      <Text size="sm" c="dimmed" component="div">
        <LiveBar live={live} />
      </Text>
      {then !== undefined && (
        <Anchor
          component={Link}
          to={`/changes?${new URLSearchParams({ view: 'then', ...then })}`}
          size="sm"
          className="no-print"
        >
          <Group gap={4} wrap="nowrap" component="span">
            <IconCalendarClock size={16} aria-hidden /> As it was on a day
          </Group>
        </Anchor>
      )}
    </Group>
    <RecordBoundary question={question}>
      <Suspense fallback={<RowsSkeleton count={8} />}>{children}</Suspense>
    </RecordBoundary>
  </>
);
