import type { AccountCensus } from './account-census.ts';
import type { Census } from './census/census.ts';
import { listRoles } from './census-roles.ts';
import { listScopes, listScopesOfRole } from './census-scopes.ts';
import { sliceOfKeyed } from './keyed-list.ts';
import { matrixOf } from './matrix.ts';
import { listScopeAccess } from './scope-access.ts';

/** Answers from a census in memory. */
export const askCensusInMemory = (census: Census): AccountCensus => ({
  asOfMs: census.asOfMs,
  subjectCount: census.subjects.length,
  assignmentCount: census.assignmentCount,
  globalAssignmentCount: census.globalAssignmentCount,
  subjectTypes: census.subjectTypes,
  scopeKinds: census.scopeKinds,
  roles: async (question, args) => sliceOfKeyed(listRoles(census, question), args),
  scopes: async (question, args, names) => sliceOfKeyed(await listScopes(census, question, names), args),
  scopesOf: async ({ roleName, kind }, args) => sliceOfKeyed(listScopesOfRole(census, roleName, kind), args),
  matrix: async (question) => matrixOf(census, question),
  async access(scope, question, args, directory) {
    const { list, gaps, reasonsOf } = await listScopeAccess(scope, question, { census, directory });
    return { slice: sliceOfKeyed(list, args), asOfMs: list.asOfMs, gaps, reasonsOf };
  },
  whole: () => census,
});
