import type { Accounts } from '../../core/credentials/accounts.ts';
import { Problem } from '../../core/problem.ts';
import type { ApiRoute, Call } from '../../core/route.ts';
import type { SubjectChange, SubjectChanges } from './subject-changes.ts';

interface ChangeRoutesParts {
  readonly accounts: Accounts;
  readonly changes: SubjectChanges;
  /** Loads what else there is in the account: people and devices who hold nothing yet can be given a role. */
  readonly loadDirectory: () => Promise<unknown>;
}

/** `POST /v2/role-assignments:assignRole` and `POST /v2/role-assignments:revokeRole`. */
export const createChangeRoutes = ({ accounts, changes, loadDirectory }: ChangeRoutesParts): readonly ApiRoute[] => {
  const run = (kind: 'assign' | 'revoke', { user, places, body, settings, nowMs }: Call): Record<string, never> => {
    const total = accounts.rightsOf(user, 'all');
    const everywhere = 'places' in total && total.places === 'all';
    // Checked by the route's `body`.
    changes.run(kind, body as SubjectChange, { settings, nowMs, rights: { places, everywhere } });
    return {};
  };
  const loadCheck = async (): Promise<(json: unknown) => string | undefined> => {
    const [{ checkSubjectChange }] = await Promise.all([import('./bodies.ts'), loadDirectory()]);
    return checkSubjectChange;
  };
  const facts = { method: 'POST', functionality: 'role-assignments.write', body: loadCheck } as const;
  return [
    { ...facts, path: '/v2/role-assignments:assignRole', write: (call) => run('assign', call) },
    {
      ...facts,
      path: '/v2/role-assignments:revokeRole',
      write(call) {
        if (!call.settings.revokeOffered) throw new Problem(404, 'there is nothing at this path');
        return run('revoke', call);
      },
    },
  ];
};
