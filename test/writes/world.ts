// The sandbox loads these when they are first called, which takes time that a manual clock does not know of.
import '../../src/sandbox/domains/directory.ts';
import '../../src/sandbox/domains/identity/bodies.ts';
import '../../src/sandbox/domains/identity/writes.ts';
import '../../src/sandbox/world/directory/made-up-directory.ts';
import {
  createGateway,
  createSandbox,
  type GatewayOptions,
  type Sandbox,
  type SandboxOptions,
} from '../../src/index.ts';
import { parseWorld } from '../../src/sandbox/world/file/world-file.ts';
import { createManualClock, type ManualClock } from '../support/manual-clock.ts';
import { addressesOf } from '../support/addresses-of.ts';

export const alice = 'aaaaaaaa-0000-4000-8000-000000000001';
export const bob = 'aaaaaaaa-0000-4000-8000-000000000002';
/** Scopes that the world has: customers. */
export const places = ['one', 'two', 'three', 'four'] as const;

/** By role: places, or the word `everywhere`. */
export type Grants = Readonly<Record<string, readonly string[]>>;

const rolesOf = (grants: Grants): object[] =>
  Object.entries(grants).map(([roleName, held]) => ({
    roleName,
    scopes: held.includes('everywhere') ? [] : held.map((customerUuid) => ({ customerUuid })),
  }));

/** Two people and a world that has every place and every role; `account` says who may look at it. */
export const worldOf = (grantsOfAlice: Grants, account: object = {}): ReturnType<typeof parseWorld> =>
  parseWorld({
    ...account,
    subjects: [
      { subjectReference: alice, subjectType: 'SUBJECT_TYPE_USER', roles: rolesOf(grantsOfAlice) },
      { subjectReference: bob, subjectType: 'SUBJECT_TYPE_USER', roles: [] },
      {
        subjectReference: 'keeper',
        subjectType: 'SUBJECT_TYPE_SERVICE',
        roles: rolesOf({ auditor: [...places], admin: [...places], viewer: [...places] }),
      },
    ],
  });

export interface ChangeOutcome {
  readonly status: string;
  readonly problem: { readonly code: string; readonly message: string } | null;
  readonly added: readonly Held[];
  readonly removed: readonly Held[];
  readonly subject: { readonly roles: { readonly nodes: readonly Held[] } } | null;
}
export interface Held {
  readonly name: string;
  readonly isGlobal: boolean;
  readonly scopes: { readonly nodes: readonly { readonly uuid: string }[] };
}

export interface ChangeAnswer {
  readonly data?: { readonly change: { readonly dryRun: boolean; readonly results: readonly ChangeOutcome[] } } | null;
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
  readonly extensions?: { readonly upstream?: { readonly calls: number; readonly waitedMs: number } };
}

export interface ChangeOptions {
  readonly dryRun?: boolean;
  readonly headers?: Record<string, string>;
  /** For many changes: writing what somebody holds a hundred times takes time that a manual clock does not know of. */
  readonly leavesOutSubject?: boolean;
}

export interface WriteHarness {
  readonly sandbox: Sandbox;
  readonly clock: ManualClock;
  readonly gateway: ReturnType<typeof createGateway>;
  readonly lines: Record<string, unknown>[];
  /** Changes roles as the administrator, turning the clock whenever nothing else goes on. */
  change(kind: 'assign' | 'revoke', changes: readonly object[], options?: ChangeOptions): Promise<ChangeAnswer>;
  /** The same by several callers at the same time, a change each; who asks is in `headers`. */
  changeTogether(
    wanted: readonly { kind: 'assign' | 'revoke'; change: object; headers: Record<string, string> }[],
  ): Promise<readonly ChangeAnswer[]>;
  ask(query: string, headers?: Record<string, string>): Promise<unknown>;
  /** What alice holds, as the sandbox has it: by role, each place once, sorted. */
  held(reference?: string): Promise<Record<string, string[]>>;
  /** Calls since the last look: `read`, `assign`, `revoke`, with a `+id` for polls and the status. */
  calls(): string[];
  close(): Promise<void>;
}

export const change = (roleName: string, at: object, reference = alice): object => ({
  subject: { reference, type: 'USER' },
  roleName,
  at,
});
export const at = (...uuids: string[]): object => ({ scopes: uuids.map((customerUuid) => ({ customerUuid })) });

const fields = 'status problem { code message } added { ...held } removed { ...held }';
const fragment = 'fragment held on ScopedRole { name isGlobal scopes { nodes { uuid } } }';

/** A gateway and a sandbox that share a clock that is turned by hand. */
export const createWriteHarness = async (
  grantsOfAlice: Grants,
  options: { readonly sandbox?: SandboxOptions; readonly gateway?: GatewayOptions } = {},
): Promise<WriteHarness> => {
  const clock = createManualClock();
  const sandbox = await createSandbox({
    world: worldOf(grantsOfAlice),
    clock,
    rateLimit: false,
    fairUse: false,
    ...options.sandbox,
  });
  const lines: Record<string, unknown>[] = [];
  const keep = (line: object, message: string): void => void lines.push({ ...line, message });
  const gateway = createGateway({
    ...addressesOf(sandbox),
    rateLimit: 1000,
    writes: true,
    clock,
    logger: { debug: () => {}, info: keep, warn: keep, error: keep },
    ...options.gateway,
  });
  const authorization = `Bearer ${sandbox.adminToken}`;
  const execute = (query: string, variables?: object, headers: Record<string, string> = {}): Promise<unknown> =>
    gateway.execute({ query, variables: variables as never, headers: { authorization, ...headers } });
  const make = (
    kind: 'assign' | 'revoke',
    changes: readonly object[],
    { dryRun, headers, leavesOutSubject = false }: ChangeOptions = {},
  ): Promise<ChangeAnswer> =>
    execute(
      `mutation ($input: RoleChangesInput!) { change: ${kind}Roles(input: $input) {
        dryRun results { ${fields} ${leavesOutSubject ? '' : 'subject { roles { nodes { ...held } } }'} } } } ${fragment}`,
      { input: { changes, ...(dryRun !== undefined && { dryRun }) } },
      { 'rolescope-report': 'true', ...headers },
    ) as Promise<ChangeAnswer>;
  return {
    sandbox,
    clock,
    gateway,
    lines,
    change: (...wanted) => clock.run(make(...wanted)),
    changeTogether: (wanted) =>
      clock.run(Promise.all(wanted.map(({ kind, change: one, headers }) => make(kind, [one], { headers })))),
    ask: (query, headers) => clock.run(execute(query, undefined, headers)),
    async held(reference = alice) {
      // Past faults, lag and the gateway: what the sandbox will show once it has shown everything.
      sandbox.control.setFaults([]);
      clock.advance(100_000);
      const response = await fetch(`${sandbox.url}/v2/role-assignments?subjectReference=${reference}`, {
        headers: { authorization },
      });
      const { assignments = [] } = (await response.json()) as {
        assignments?: { roles?: { roleName: string; scopes?: { customerUuid: string }[] }[] }[];
      };
      return byRole(
        assignments
          .flatMap(({ roles = [] }) => roles)
          .map(({ roleName, scopes = [] }) => [roleName, scopes.map(({ customerUuid }) => customerUuid)]),
      );
    },
    calls() {
      const seen = sandbox
        .transcript()
        .map(
          ({ path, responseId, status }) =>
            `${words[path] ?? path}${responseId === undefined ? '' : '+id'} ${status ?? 'lost'}`,
        );
      sandbox.clearTranscript();
      return seen;
    },
    async close() {
      await gateway.close();
      await sandbox.close();
    },
  };
};

/** What roles of an answer are held at: by role, each place once, sorted. */
export const heldIn = (roles: readonly Held[]): Record<string, string[]> =>
  byRole(roles.map(({ name, scopes }) => [name, scopes.nodes.map(({ uuid }) => uuid)]));

const byRole = (roles: readonly (readonly [name: string, places: readonly string[]])[]): Record<string, string[]> => {
  const held: Record<string, string[]> = {};
  for (const [name, places] of roles) {
    held[name] = [...new Set([...(held[name] ?? []), ...(places.length === 0 ? ['everywhere'] : places)])].toSorted();
  }
  return held;
};

const words: Readonly<Record<string, string>> = {
  '/v2/role-assignments': 'read',
  '/v2/role-assignments:assignRole': 'assign',
  '/v2/role-assignments:revokeRole': 'revoke',
};
