import { createHash, randomUUID } from 'node:crypto';
import { controlPrefix, createControl, type SandboxControl } from './control/control.ts';
import { standardAccounts, standardUsers, type SandboxUser } from './control/standard-accounts.ts';
import { canary } from './core/http/canary.ts';
import type { Answer } from './core/http/answer.ts';
import { wallClock, type SandboxClock } from './core/clock.ts';
import { AccessTokens } from './core/credentials/access-tokens.ts';
import { Accounts, uuidFrom, type User } from './core/credentials/accounts.ts';
import { RefreshTokens } from './core/credentials/refresh-tokens.ts';
import { domains, type Domain } from './core/domain.ts';
import { Faults, type FaultRule } from './core/faults/faults.ts';
import { listen, refuseConnections, send, type HttpRequest, type Listener } from './core/http/http-server.ts';
import { FairUseBuckets } from './core/limits/fair-use.ts';
import { RateLimit } from './core/limits/rate-limit.ts';
import { createPageTokens } from './core/list/page-tokens.ts';
import { PendingRequests } from './core/pending.ts';
import { createApi } from './core/pipeline.ts';
import { createFindRoute } from './core/router.ts';
import { applySettings, defaultSettings, type SettingsInput } from './core/settings.ts';
import { Transcript, type TranscriptEntry } from './core/transcript.ts';
import type { DirectoryDomains } from './domains/directory.ts';
import { createIdentity } from './domains/identity/routes.ts';
import type { SandboxWorld } from './world/file/world-file.ts';
import { createMadeUpWorld, worldSize } from './world/made-up-world.ts';

/** How a sandbox starts. Everything can be left out. */
export interface SandboxOptions extends SettingsInput {
  /** Of the Identity domain; the other domains have the ports after it, in their order. Default: 0, any free ones. */
  readonly port?: number;
  /** Domains that this region does not have: their origins refuse the connection. Default: none. */
  readonly absent?: readonly Domain[];
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
  /** Base address of each domain, absent ones included. */
  readonly urls: Readonly<Record<Domain, string>>;
  /** Address of the token endpoint. */
  readonly tokenUrl: string;
  /** Who can log in at the start, and what to expect of them. */
  readonly users: readonly SandboxUser[];
  /** A bearer token of the first user, good for a day: longer than one from a login, so that GraphiQL can stay open. */
  readonly adminToken: string;
  /** The same for any user of the start, by name. Undefined for whom the sandbox does not know, or who cannot log in. */
  tokenOf(name: string): string | undefined;
  /** What it saw, oldest first. */
  transcript(): TranscriptEntry[];
  clearTranscript(): void;
  /** The control interface, for callers in the same process. */
  readonly control: SandboxControl;
  /** Cuts every connection and stops listening. */
  close(): Promise<void>;
}

const adminTokenLifetimeMs = 24 * 3_600_000;

/** Starts a stand-in for ESET Connect on loopback. Throws where a port is taken or an option cannot be used. */
export const createSandbox = async (options: SandboxOptions = {}): Promise<Sandbox> => {
  const {
    port = 0,
    absent = [],
    subjects = worldSize.default,
    seed = 1,
    world: worldFile,
    faults: rules = [],
    clock = wallClock,
    ...rest
  } = options;
  if (!Number.isInteger(subjects) || subjects < worldSize.min || subjects > worldSize.max) {
    throw new RangeError(`subjects must be an integer from ${worldSize.min} to ${worldSize.max}, got ${subjects}`);
  }
  if (absent.includes('identity')) throw new RangeError('the domain identity cannot be absent');
  const accountsSeed = worldFile?.accounts ?? standardAccounts;
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
    rateLimit: new RateLimit(),
    fairUse: new FairUseBuckets(),
    pending: new PendingRequests(),
    faults: new Faults(seed, rules),
    pageTokens: createPageTokens(key('page token')),
    world: worldFile?.world ?? createMadeUpWorld(subjects, seed),
  };

  let controlRoutes: ((request: HttpRequest) => Promise<Answer>) | undefined;
  let directory: DirectoryDomains | undefined;
  /** The domains beside Identity. Loaded when one of them is called first: most starts do not need them. */
  const openDirectoryOnce = async (): Promise<DirectoryDomains> => {
    const [{ openDirectory }, { createMadeUpDirectory }] = await Promise.all([
      import('./domains/directory.ts'),
      import('./world/directory/made-up-directory.ts'),
    ]);
    directory ??= openDirectory({
      make: (readings) => worldFile?.directory ?? createMadeUpDirectory(subjects, seed, readings),
      readings: () => settings,
      uuidFrom,
    });
    return directory;
  };

  const identity = createIdentity({
    ...parts,
    directory: () => directory?.state.current(),
    loadDirectory: openDirectoryOnce,
  });

  const transcript = new Transcript();
  const handleApi = createApi({
    ...parts,
    findRoute: createFindRoute({
      identity,
      users: { routes: [], loadMore: async () => (await openDirectoryOnce()).routes.users },
      devices: { routes: [], loadMore: async () => (await openDirectoryOnce()).routes.devices },
      policies: { routes: [], loadMore: async () => (await openDirectoryOnce()).routes.policies },
    }),
    async writeMeanwhile({ change, roleName, scopes = [], ...subject }, nowMs) {
      const rights = { places: 'all', everywhere: true } as const;
      const { changes } = await identity.writes();
      changes.run(change, { ...subject, role: { roleName, scopes } }, { settings, nowMs, rights });
    },
  });
  const control = createControl({
    ...parts,
    configure(input) {
      settings = applySettings(settings, input);
      return settings;
    },
    directory: async () => (await openDirectoryOnce()).state.control,
    reset() {
      settings = startSettings;
      directory?.state.reset();
      identity.reset();
      parts.faults.set(rules);
      transcript.clear();
    },
  });
  const readTranscript = (): TranscriptEntry[] => {
    parts.pending.settle(clock.nowMs());
    return transcript.list();
  };
  /** Loaded when it is called first: most starts never are. */
  const answerControl = async (request: HttpRequest): Promise<Answer> => {
    controlRoutes ??= (await import('./control/routes.ts')).createControlRoutes(control, {
      list: readTranscript,
      clear: () => transcript.clear(),
    });
    return controlRoutes(request);
  };

  const handle =
    (domain: Domain) =>
    async (request: HttpRequest, response: Parameters<typeof send>[0]): Promise<void> => {
      const { method, path, query, headers, body, remoteAddress } = request;
      const requestId = randomUUID();
      if (domain === 'identity' && path.startsWith(controlPrefix)) {
        send(response, await answerControl(request));
        return;
      }
      const given = headers['response-id'];
      const responseId = typeof given === 'string' ? given : undefined;
      const startedAtMs = clock.nowMs();
      const note = transcript.open({
        atMs: startedAtMs,
        domain,
        method,
        path,
        query: readQuery(query),
        ...(responseId === undefined ? {} : { responseId }),
      });
      const reaction = await handleApi({
        domain,
        method,
        path,
        query,
        body,
        authorization: headers.authorization,
        contentType: headers['content-type'],
        responseId,
        remoteAddress,
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
      const givenResponseId = answer.headers['response-id'];
      const answeredAtMs = clock.nowMs();
      note({
        status: answer.status,
        requestId,
        answeredAtMs,
        durationMs: answeredAtMs - startedAtMs,
        ...(givenResponseId === undefined ? {} : { givenResponseId }),
      });
      const newHeader = canary(domain, 'newHeader', requestId);
      send(
        response,
        { ...answer, headers: { 'request-id': requestId, 'new-header': newHeader, ...answer.headers } },
        breakOff,
      );
    };

  const listeners = await listenOnEach(port, (domain) => (absent.includes(domain) ? undefined : handle(domain)));
  const urls = Object.fromEntries(
    Object.entries(listeners).map(([domain, listener]) => [domain, `http://127.0.0.1:${listener.port}`]),
  ) as Record<Domain, string>;
  const issueFor = (reference: string): string =>
    parts.accessTokens.issue(reference, clock.nowMs(), adminTokenLifetimeMs);
  const first = accountsSeed.users[0];
  const adminToken = first === undefined ? '' : issueFor(first.reference);
  return {
    url: urls.identity,
    urls,
    tokenUrl: `${urls.identity}/oauth/token`,
    users: worldFile === undefined ? standardUsers : worldFile.accounts.users.map(describeUser),
    adminToken,
    tokenOf(name) {
      const user = accountsSeed.users.find((known) => known.name === name && known.password !== undefined);
      // One token for the first, whoever asks for it: what a gateway keeps for it is there by whichever way it comes.
      if (user !== undefined && user === first) return adminToken;
      return user === undefined ? undefined : issueFor(user.reference);
    },
    transcript: readTranscript,
    clearTranscript: () => transcript.clear(),
    control,
    async close() {
      await Promise.all(Object.values(listeners).map((listener) => listener.close()));
    },
  };
};

type Handle = Parameters<typeof listen>[1];

/** One origin for each domain; where one port is taken, none stays open. */
const listenOnEach = async (
  port: number,
  handlerOf: (domain: Domain) => Handle | undefined,
): Promise<Record<Domain, Listener>> => {
  const results = await Promise.allSettled(
    domains.map(async (domain, i): Promise<[Domain, Listener]> => {
      const handle = handlerOf(domain);
      const own = port === 0 ? 0 : port + i;
      return [domain, handle === undefined ? await refuseConnections(own) : await listen(own, handle)];
    }),
  );
  const failed = results.find((result) => result.status === 'rejected');
  const open = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  if (failed === undefined) return Object.fromEntries(open) as Record<Domain, Listener>;
  await Promise.all(open.map(([, listener]) => listener.close()));
  throw failed.reason;
};

/** A query as the transcript has it: a parameter that is given several times has all of its values, with commas between. */
const readQuery = (query: string): Record<string, string> => {
  const read = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(query)) {
    const before = read.get(name);
    read.set(name, before === undefined ? value : `${before},${value}`);
  }
  return Object.fromEntries(read);
};

/** A user of a world file, as it can be shown. */
const describeUser = (user: User): SandboxUser => ({
  name: user.name,
  password: user.password ?? '',
  description: user.isSuperuser
    ? 'Superuser'
    : `API user, Integrations ${user.integrations ? 'on' : 'off'}, permission sets: ${user.permissionSets.join(', ') || 'none'}`,
});
