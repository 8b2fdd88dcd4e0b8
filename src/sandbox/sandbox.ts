import { createHash, randomUUID } from 'node:crypto';
import { AccessTokens } from './core/credentials/access-tokens.ts';
import { Accounts, type User } from './core/credentials/accounts.ts';
import { createApi } from './core/pipeline.ts';
import { wallClock, type SandboxClock } from './core/clock.ts';
import { createControl, type SandboxControl } from './control/control.ts';
import { controlPrefix, createControlRoutes } from './control/routes.ts';
import { Faults, type FaultRule } from './core/faults.ts';
import { listen, send } from './core/http-server.ts';
import { Limits } from './core/limits/fair-use.ts';
import { createMadeUpWorld, worldSize } from './world/made-up-world.ts';
import { PendingQuestions } from './core/pending.ts';
import { RefreshTokens } from './core/credentials/refresh-tokens.ts';
import { createRoleAssignments } from './domains/identity/role-assignments.ts';
import { applySettings, defaultSettings, type SettingsInput } from './core/settings.ts';
import { standardAccounts, standardUsers, type SandboxUser } from './control/standard-accounts.ts';
import { Transcript, type TranscriptEntry } from './core/transcript.ts';
import type { SandboxWorld } from './world/file/world-file.ts';

/** How a sandbox starts. Everything can be left out. */
export interface SandboxOptions extends SettingsInput {
  /** Default: 0, any free one. */
  readonly port?: number;
  /** Size of the made-up world, 2 to 1,000,000. Default: 2000. */
  readonly subjects?: number;
  /** The made-up world, and every scripted chance, follow from it. Default: 1. */
  readonly seed?: number;
  /** Serves this instead of the made-up world (see `parseWorld`). */
  readonly world?: SandboxWorld;
  readonly faults?: readonly FaultRule[];
  /** Default: wall-clock time. */
  readonly clock?: SandboxClock;
}

/** A running sandbox. */
export interface Sandbox {
  /** Base address of the Identity domain. */
  readonly url: string;
  /** Address of the token endpoint. */
  readonly tokenUrl: string;
  /** Who can log in at the start, and what to expect of them. */
  readonly users: readonly SandboxUser[];
  /** A bearer token of the first user, good for a day: longer than one from a login, so that GraphiQL can stay open. */
  readonly adminToken: string;
  /** What it saw, oldest first. */
  transcript(): TranscriptEntry[];
  clearTranscript(): void;
  /** The control interface, for callers in the same process. */
  readonly control: SandboxControl;
  /** Cuts every connection and stops listening. */
  close(): Promise<void>;
}

const adminTokenLifetimeMs = 24 * 3_600_000;

/** Starts a stand-in for ESET Connect on loopback. Throws where the port is taken or an option cannot be used. */
export const createSandbox = async (options: SandboxOptions = {}): Promise<Sandbox> => {
  const {
    port = 0,
    subjects = worldSize.default,
    seed = 1,
    world,
    faults: rules = [],
    clock = wallClock,
    ...rest
  } = options;
  if (!Number.isInteger(subjects) || subjects < worldSize.min || subjects > worldSize.max) {
    throw new RangeError(`subjects must be an integer from ${worldSize.min} to ${worldSize.max}, got ${subjects}`);
  }
  const accountsSeed = world?.accounts ?? standardAccounts;
  // Tokens follow from the seed, so that they outlive a restart with the same world. They guard made-up data only.
  const key = (purpose: string): Buffer => createHash('sha256').update(`${purpose} ${seed}`).digest();
  const startSettings = applySettings(defaultSettings, rest);
  let settings = startSettings;

  const parts = {
    clock,
    settings: () => settings,
    accounts: new Accounts(accountsSeed),
    accessTokens: new AccessTokens(key('access token')),
    refreshTokens: new RefreshTokens(),
    limits: new Limits(),
    pending: new PendingQuestions(),
    faults: new Faults(seed, rules),
    listRoleAssignments: createRoleAssignments(world?.world ?? createMadeUpWorld(subjects, seed), key('page token')),
  };
  const transcript = new Transcript();
  const handleApi = createApi(parts);
  const control = createControl({
    ...parts,
    configure(input) {
      settings = applySettings(settings, input);
      return settings;
    },
    reset() {
      settings = startSettings;
      parts.faults.set(rules);
      transcript.clear();
    },
  });

  const answerControl = createControlRoutes(control, transcript);

  const server = await listen(port, async (request, response) => {
    const { method, path, query, headers, body } = request;
    const requestId = randomUUID();
    if (path.startsWith(controlPrefix)) {
      send(response, answerControl(request));
      return;
    }
    const responseId = headers['response-id'];
    const note = transcript.open({
      atMs: clock.nowMs(),
      method,
      path,
      query: Object.fromEntries(new URLSearchParams(query)),
      ...(typeof responseId === 'string' ? { responseId } : {}),
    });
    const reaction = await handleApi({
      method,
      path,
      query,
      body,
      authorization: headers.authorization,
      contentType: headers['content-type'],
      responseId: typeof responseId === 'string' ? responseId : undefined,
      signal: () => request.signal(),
      note,
    });
    if (request.isGone() || reaction === 'gone') {
      note({ isAborted: true });
      return;
    }
    if (reaction === 'reset') {
      response.socket?.resetAndDestroy();
      return;
    }
    if (reaction === 'hang') return;
    const { answer, breakOff } = reaction;
    const given = answer.headers['response-id'];
    note({
      status: answer.status,
      requestId,
      answeredAtMs: clock.nowMs(),
      ...(given === undefined ? {} : { givenResponseId: given }),
    });
    send(response, { ...answer, headers: { 'request-id': requestId, ...answer.headers } }, breakOff);
  });

  const first = accountsSeed.users[0];
  const url = `http://127.0.0.1:${server.port}`;
  return {
    url,
    tokenUrl: `${url}/oauth/token`,
    users: world === undefined ? standardUsers : world.accounts.users.map(describeUser),
    adminToken:
      first === undefined ? '' : parts.accessTokens.issue(first.reference, clock.nowMs(), adminTokenLifetimeMs),
    transcript: () => transcript.list(),
    clearTranscript: () => transcript.clear(),
    control,
    close: () => server.close(),
  };
};

/** A user of a world file, as it can be shown. */
const describeUser = (user: User): SandboxUser => ({
  name: user.name,
  password: user.password ?? '',
  description: user.isSuperuser
    ? 'Superuser'
    : `API user, Integrations ${user.integrations ? 'on' : 'off'}, permission sets: ${user.permissionSets.join(', ') || 'none'}`,
});
