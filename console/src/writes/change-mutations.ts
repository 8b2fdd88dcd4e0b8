import { graphql } from 'react-relay';
import type { IEnvironment } from 'relay-runtime';
import assignNode, { type changeMutationsAssignMutation } from '../__generated__/changeMutationsAssignMutation.graphql';
import revokeNode, { type changeMutationsRevokeMutation } from '../__generated__/changeMutationsRevokeMutation.graphql';
import type { Change, ChangeResult } from './change.ts';

void graphql`
  fragment changeMutations_role on ScopedRole {
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
`;

void graphql`
  fragment changeMutations_result on RoleChangeResult {
    status
    problem {
      code
      message
    }
    added {
      ...changeMutations_role @relay(mask: false)
    }
    removed {
      ...changeMutations_role @relay(mask: false)
    }
    subject {
      id
      roles(first: 100) {
        totalCount
        nodes {
          ...changeMutations_role @relay(mask: false)
        }
      }
    }
  }
`;

void graphql`
  mutation changeMutationsAssignMutation($input: RoleChangesInput!) {
    assignRoles(input: $input) {
      results {
        ...changeMutations_result @relay(mask: false)
      }
    }
  }
`;

void graphql`
  mutation changeMutationsRevokeMutation($input: RoleChangesInput!) {
    revokeRoles(input: $input) {
      results {
        ...changeMutations_result @relay(mask: false)
      }
    }
  }
`;

/**
 * Sends one change, or tries it out. Rejects with a `GraphError` where the graph refused all of it, or did not answer. Past the store: a role in
 * `added` or `removed` has the id of the role that it is a part of, and the two would be taken for one.
 */
export const sendChange = async (
  environment: IEnvironment,
  { kind, subject: { reference, type }, roleName, at }: Change,
  options: { readonly isDry: boolean },
): Promise<ChangeResult> => {
  const input = { dryRun: options.isDry, changes: [{ subject: { reference, type }, roleName, at }] };
  const { params } = kind === 'assign' ? assignNode : revokeNode;
  const answer = await environment.getNetwork().execute(params, { input }, { force: true }).toPromise();
  const data = answer === undefined || !('data' in answer) ? undefined : (answer.data as Answers | null | undefined);
  const [result] = (data?.assignRoles ?? data?.revokeRoles)?.results ?? [];
  if (result === undefined) throw new Error('the graph told of no result');
  return result;
};

type Answers = Partial<changeMutationsAssignMutation['response'] & changeMutationsRevokeMutation['response']>;
