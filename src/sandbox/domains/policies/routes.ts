import type { ApiRoute } from '../../core/route.ts';
import { unknownField } from '../../core/http/canary.ts';
import type { DirectoryState } from '../../world/directory/directory-state.ts';
import { answerObject, listOfSlots } from '../objects.ts';

const functionality = 'policies.read';

/** The calls of policy management, over a directory. */
export const createPoliciesRoutes = (directory: DirectoryState): readonly ApiRoute[] => [
  {
    method: 'GET',
    path: '/v2/policies',
    functionality,
    list({ places }) {
      const { policies } = directory.current();
      return listOfSlots('policies', directory.listOf('policies', places), policies);
    },
  },
  {
    method: 'GET',
    path: '/v2/policies/{policyUuid}',
    functionality,
    parameters: { policyUuid: { kind: 'uuid', isInPath: true } },
    read(call) {
      const uuid = call.args.text('policyUuid');
      return { policy: answerObject(directory, 'policies', call, uuid), ...unknownField('policies', uuid) };
    },
  },
];
