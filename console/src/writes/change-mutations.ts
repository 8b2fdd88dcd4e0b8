import { commitMutation, graphql, readInlineData } from 'react-relay';
import type { Environment } from 'relay-runtime';
import type { changeMutations_result$key } from '../__generated__/changeMutations_result.graphql';
import type { changeMutationsAssignMutation } from '../__generated__/changeMutationsAssignMutation.graphql';
import type { changeMutationsRevokeMutation } from '../__generated__/changeMutationsRevokeMutation.graphql';
import type { Change, ChangeResult } from './change.ts';

const part = graphql`
  fragment changeMutations_result on RoleChangeResult @inline {
    status
    problem {
      code
      message
    }
    added {
      name
      isGlobal
      scopes(first: 100) {
        totalCount
        nodes {
          id
          kind
          uuid
          displayName
        }
      }
    }
    removed {
      name
      isGlobal
      scopes(first: 100) {
        totalCount
        nodes {
          id
          kind
          uuid
          displayName
        }
      }
    }
    subject {
      id
      roles(first: 100) {
        totalCount
        nodes {
          name
          isGlobal
          scopes(first: 100) {
            totalCount
            nodes {
              id
              kind
              uuid
              displayName
            }
          }
        }
      }
    }
  }
`;

const assign = graphql`
  mutation changeMutationsAssignMutation($input: RoleChangesInput!) {
    assignRoles(input: $input) {
      results {
        ...changeMutations_result
      }
    }
  }
`;

const revoke = graphql`
  mutation changeMutationsRevokeMutation($input: RoleChangesInput!) {
    revokeRoles(input: $input) {
      results {
        ...changeMutations_result
      }
    }
  }
`;

/** Sends one change, or tries it out. Rejects with a `GraphError` where the graph refused all of it, or did not answer. */
export const sendChange = (
  environment: Environment,
  { kind, subject: { reference, type }, roleName, at }: Change,
  options: { readonly isDry: boolean },
): Promise<ChangeResult> =>
  new Promise((resolve, reject) => {
    const input = { dryRun: options.isDry, changes: [{ subject: { reference, type }, roleName, at }] };
    const onResults = (results: readonly changeMutations_result$key[]): void => {
      const [result] = results;
      if (result === undefined) reject(new Error('the graph told of no result'));
      else resolve(readInlineData(part, result));
    };
    if (kind === 'assign') {
      commitMutation<changeMutationsAssignMutation>(environment, {
        mutation: assign,
        variables: { input },
        onError: reject,
        onCompleted: ({ assignRoles }) => onResults(assignRoles.results),
      });
    } else {
      commitMutation<changeMutationsRevokeMutation>(environment, {
        mutation: revoke,
        variables: { input },
        onError: reject,
        onCompleted: ({ revokeRoles }) => onResults(revokeRoles.results),
      });
    }
  });
