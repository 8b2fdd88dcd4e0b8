import { useEffect, useState } from 'react';
import { fetchQuery, graphql, useRelayEnvironment } from 'react-relay';
import type { IEnvironment } from 'relay-runtime';
import { gatewayFacts } from '../app/gateway-facts.ts';
import { GraphError } from '../session/graph-error.ts';
import type { hasRecordQuery } from '../__generated__/hasRecordQuery.graphql';

// A history is null where nothing is recorded that this caller may see. A scope is a handle: this costs no call upstream, whatever its uuid.
const question = graphql`
  query hasRecordQuery {
    scope(by: { tenantUuid: "00000000-0000-0000-0000-000000000000" }) {
      history(first: 0) {
        edges {
          cursor
        }
      }
    }
  }
`;

/** What the graph said, once for each sign-in. */
const answers = new WeakMap<IEnvironment, Promise<boolean>>();

const hasRecord = (environment: IEnvironment): Promise<boolean> => {
  let answer = answers.get(environment);
  if (answer === undefined) {
    answer = fetchQuery<hasRecordQuery>(
      environment,
      question,
      {},
      { networkCacheConfig: { metadata: { isWhole: true } } },
    )
      .toPromise()
      .then(
        (data) => data?.scope.history != null,
        // A record that cannot be reached just now is one.
        (error: unknown) => error instanceof GraphError && error.failure.code !== 'UNAUTHENTICATED',
      );
    answers.set(environment, answer);
  }
  return answer;
};

/** Whether there is a record that this caller may see. Undefined until the graph has said so; where none is kept at once false. */
export const useHasRecord = (): boolean | undefined => {
  const environment = useRelayEnvironment();
  const [has, setHas] = useState(gatewayFacts.record ? undefined : false);
  useEffect(() => {
    if (!gatewayFacts.record) return undefined;
    let hasLeft = false;
    void hasRecord(environment).then((answer) => {
      if (!hasLeft) setHas(answer);
    });
    return () => {
      hasLeft = true;
    };
  }, [environment]);
  return has;
};
