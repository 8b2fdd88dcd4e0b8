import { useEffect, useState } from 'react';
import { commitMutation, graphql, useRelayEnvironment } from 'react-relay';
import type { IEnvironment } from 'relay-runtime';
import { gatewayFacts } from '../app/gateway-facts.ts';
import { GraphError } from '../session/graph-error.ts';
import type { mayWriteMutation } from '../__generated__/mayWriteMutation.graphql';

// The graph looks at who asks before it looks at what is asked, so a change of nothing tells whether this caller may change something. It
// costs no call upstream.
const question = graphql`
  mutation mayWriteMutation {
    assignRoles(input: { changes: [], dryRun: true }) {
      dryRun
    }
  }
`;

/** What the graph said, once for each sign-in. */
const answers = new WeakMap<IEnvironment, Promise<boolean>>();

const mayWrite = (environment: IEnvironment): Promise<boolean> => {
  let answer = answers.get(environment);
  if (answer === undefined) {
    answer = new Promise((resolve) => {
      commitMutation<mayWriteMutation>(environment, {
        mutation: question,
        variables: {},
        onCompleted: () => resolve(true),
        onError: (error) => resolve(error instanceof GraphError && error.failure.code === 'BAD_USER_INPUT'),
      });
    });
    answers.set(environment, answer);
  }
  return answer;
};

/** Whether this caller may change roles. False until the graph has said so, and where the gateway changes nothing. */
export const useMayWrite = (): boolean => {
  const environment = useRelayEnvironment();
  const [may, setMay] = useState(false);
  useEffect(() => {
    if (!gatewayFacts.writes) return undefined;
    let hasLeft = false;
    void mayWrite(environment).then((answer) => {
      if (!hasLeft) setMay(answer);
    });
    return () => {
      hasLeft = true;
    };
  }, [environment]);
  return may;
};
