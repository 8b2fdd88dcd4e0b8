import { errorCodes } from '../../model/errors.ts';
import type { ChangeProblem } from '../../writes/change.ts';
import type { GraphParts } from '../assignments/parts.ts';
import type { GraphBuilder } from '../builder.ts';
import { defineChangeRoles } from './change-roles.ts';
import { defineRoleChanges } from './roles.ts';

/** `Mutation`: of the graph alone, never of the subgraph. */
export const defineMutation = (builder: GraphBuilder, parts: GraphParts): void => {
  builder.mutationType({
    description:
      'Changes who has which role, where, and which roles there are. Refused with FORBIDDEN unless the gateway has ROLESCOPE_WRITES=true and the caller may write; never over GET.',
  });
  const problem = builder.objectRef<ChangeProblem>('ChangeProblem').implement({
    description: 'What is wrong with a change.',
    fields: (t) => ({
      code: t.exposeString('code', { description: `One of ${errorCodes.join(', ')}.` }),
      message: t.exposeString('message', { description: 'What happened, and what to do.' }),
    }),
  });
  defineChangeRoles(builder, parts, problem);
  defineRoleChanges(builder, parts, problem);
};
