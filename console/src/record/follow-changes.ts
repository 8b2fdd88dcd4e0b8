import { createClient } from 'graphql-sse';
import { graphql } from 'react-relay';
import subscriptionNode, { type followChangesSubscription } from '../__generated__/followChangesSubscription.graphql';

void graphql`
  subscription followChangesSubscription($subject: SubjectInput, $roleName: String, $scope: ScopeInput) {
    accessChanges(subject: $subject, roleName: $roleName, scope: $scope) {
      id
      kind
      seenAt
    }
  }
`;

/** Which changes are followed. */
export type FollowedChanges = followChangesSubscription['variables'];
/** A change that has just been recorded. */
export type ToldChange = followChangesSubscription['response']['accessChanges'];

export interface FollowOptions {
  /** Absent: a proxy in front adds what is needed. */
  readonly credential: string | undefined;
  readonly variables: FollowedChanges;
  readonly onChange: (change: ToldChange) => void;
  /** True once the gateway tells; false while it is lost and asked again. */
  readonly onConnection: (isConnected: boolean) => void;
  /** Told with the code where the gateway will tell nothing: asking again would not help. */
  readonly onRefused: (code: string) => void;
}

/** From one try to the next: a second at first, then twice as long each time. */
const firstPauseMs = 1000;
const longestPauseMs = 30_000;
/** These say that it goes wrong each time. */
const isFinal = (code: string): boolean =>
  ['UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'BAD_USER_INPUT'].includes(code);

interface Told {
  readonly data?: unknown;
  readonly errors?: readonly { readonly extensions?: { readonly code?: unknown } }[];
}

/**
 * Follows what is recorded from now on, over server-sent events, and begins anew where the connection is lost, until the answer is called. Events are
 * read by `fetch`: a browser's own `EventSource` sends no credential.
 */
export const followChanges = (options: FollowOptions): (() => void) => {
  const { credential, variables, onChange, onConnection, onRefused } = options;
  const client = createClient({
    url: '/graphql',
    headers: credential === undefined ? {} : { authorization: `Bearer ${credential}` },
    // Which tries there are is decided here: a stream that the gateway ends is one more to begin.
    retryAttempts: 0,
  });
  let isOver = false;
  let timer: number | undefined;
  let stop: (() => void) | undefined;
  let pauseMs = firstPauseMs;

  const end = (): void => {
    isOver = true;
    window.clearTimeout(timer);
    stop?.();
    client.dispose();
  };
  const later = (): void => {
    if (isOver) return;
    onConnection(false);
    timer = window.setTimeout(begin, pauseMs);
    pauseMs = Math.min(longestPauseMs, 2 * pauseMs);
  };
  const take = ({ data, errors = [] }: Told): void => {
    const code = errors[0]?.extensions?.code;
    if (typeof code === 'string' && isFinal(code)) {
      end();
      onRefused(code);
    } else if (data != null) {
      pauseMs = firstPauseMs;
      onChange((data as followChangesSubscription['response']).accessChanges);
    }
  };
  const begin = (): void => {
    stop = client.subscribe(
      { query: subscriptionNode.params.text ?? '', operationName: subscriptionNode.params.name, variables },
      { next: (told) => isOver || take(told as Told), error: later, complete: later },
      { connected: () => isOver || onConnection(true) },
    );
  };
  begin();
  return end;
};
