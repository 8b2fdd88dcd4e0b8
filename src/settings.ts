/**
 * Every setting there is, once: the command line, the environment, `--help` and the README's tables all come from here.
 * Defaults live here and nowhere else.
 */

interface SettingText {
  /** Environment variable. The flag is the same in kebab-case without `ROLESCOPE_`, unless the setting is a secret. */
  readonly env: string;
  readonly help: string;
  /** True: environment or file only, never a flag, because other users of a machine can read flags. */
  readonly isSecret?: true;
  readonly group: SettingGroup;
}

export type SettingGroup = 'server' | 'upstream' | 'sandbox';

export interface IntegerSetting extends SettingText {
  readonly kind: 'integer';
  readonly min: number;
  readonly max: number;
  readonly default: number;
}
export interface TextSetting extends SettingText {
  readonly kind: 'text' | 'url';
  readonly default?: string;
}
export interface ListSetting extends SettingText {
  readonly kind: 'list';
  /** What stands between the items of the variable. A flag is repeated instead. */
  readonly separator: ',' | ';';
}
export interface ChoiceSetting<Choice extends string = string> extends SettingText {
  readonly kind: 'choice';
  readonly choices: readonly Choice[];
  readonly default?: Choice;
}
export interface SwitchSetting extends SettingText {
  readonly kind: 'switch';
  /** Absent: neither on nor off, and what that means is said in `help`. */
  readonly default?: boolean;
}
export type Setting = IntegerSetting | TextSetting | ListSetting | ChoiceSetting | SwitchSetting;

const define = <const Table extends Record<string, Setting>>(table: Table): Table => table;

const maxTimeMs = 3_600_000;

export const settings = define({
  port: {
    kind: 'integer',
    env: 'PORT',
    group: 'server',
    min: 0,
    max: 65_535,
    default: 4000,
    help: 'port of the gateway; 0 takes any free one',
  },
  host: {
    kind: 'text',
    env: 'HOST',
    group: 'server',
    default: '127.0.0.1',
    help: 'address that the gateway listens on',
  },
  timeoutMs: {
    kind: 'integer',
    env: 'ROLESCOPE_TIMEOUT_MS',
    group: 'server',
    min: 100,
    max: maxTimeMs,
    default: 150_000,
    help: "an operation's deadline in milliseconds",
  },
  maxCalls: {
    kind: 'integer',
    env: 'ROLESCOPE_MAX_CALLS',
    group: 'server',
    min: 1,
    max: 100_000,
    default: 100,
    help: 'upstream calls that one operation may cost',
  },
  maxOperations: {
    kind: 'integer',
    env: 'ROLESCOPE_MAX_OPERATIONS',
    group: 'server',
    min: 1,
    max: 1_000_000,
    default: 2000,
    help: 'operations that may run at the same time',
  },
  maxClientConnections: {
    kind: 'integer',
    env: 'ROLESCOPE_MAX_CLIENT_CONNECTIONS',
    group: 'server',
    min: 1,
    max: 1_000_000,
    default: 10_000,
    help: 'connections of clients at the same time',
  },
  maxTokens: {
    kind: 'integer',
    env: 'ROLESCOPE_MAX_TOKENS',
    group: 'server',
    min: 100,
    max: 100_000,
    default: 5000,
    help: 'words and signs that a GraphQL document may have',
  },
  maxDepth: {
    kind: 'integer',
    env: 'ROLESCOPE_MAX_DEPTH',
    group: 'server',
    min: 3,
    max: 100,
    default: 20,
    help: 'levels of fields that a document may nest',
  },
  maxAliases: {
    kind: 'integer',
    env: 'ROLESCOPE_MAX_ALIASES',
    group: 'server',
    min: 0,
    max: 10_000,
    default: 100,
    help: 'aliases that a document may have',
  },
  maxDirectives: {
    kind: 'integer',
    env: 'ROLESCOPE_MAX_DIRECTIVES',
    group: 'server',
    min: 0,
    max: 10_000,
    default: 100,
    help: 'directives that a document may use',
  },
  maxFields: {
    kind: 'integer',
    env: 'ROLESCOPE_MAX_FIELDS',
    group: 'server',
    min: 10,
    max: 100_000,
    default: 2000,
    help: 'fields that an operation may have, fragments put in their places',
  },
  maxNodes: {
    kind: 'integer',
    env: 'ROLESCOPE_MAX_NODES',
    group: 'server',
    min: 1000,
    max: 1_000_000_000_000,
    default: 10_000_000,
    help: 'objects that an operation may return or go through, worked out from its page sizes before it runs',
  },
  graphiql: {
    kind: 'switch',
    env: 'ROLESCOPE_GRAPHIQL',
    group: 'server',
    help: 'serve GraphiQL; default on, off with NODE_ENV=production',
  },
  introspection: {
    kind: 'switch',
    env: 'ROLESCOPE_INTROSPECTION',
    group: 'server',
    help: 'answer introspection; default on, off with NODE_ENV=production',
  },
  subgraph: {
    kind: 'switch',
    env: 'ROLESCOPE_SUBGRAPH',
    group: 'server',
    default: true,
    help: 'serve the Federation 2 subgraph at /subgraph',
  },
  subgraphKey: {
    kind: 'text',
    env: 'ROLESCOPE_SUBGRAPH_KEY',
    group: 'server',
    isSecret: true,
    help: 'key that requests to /subgraph must carry in the header x-subgraph-key; default none',
  },
  queryPlans: {
    kind: 'switch',
    env: 'ROLESCOPE_QUERY_PLANS',
    group: 'server',
    default: true,
    help: 'answer queries that come again by a plan made once; off: by the standard executor, several times slower',
  },
  maxBodyBytes: {
    kind: 'integer',
    env: 'ROLESCOPE_MAX_BODY_BYTES',
    group: 'server',
    min: 1024,
    max: 100_000_000,
    default: 1_048_576,
    help: 'largest request body in bytes',
  },
  manifest: {
    kind: 'text',
    env: 'ROLESCOPE_MANIFEST',
    group: 'server',
    help: 'JSON file with operations that clients may send by their id, as Relay or Apollo write it',
  },
  trustedOnly: {
    kind: 'switch',
    env: 'ROLESCOPE_TRUSTED_ONLY',
    group: 'server',
    default: false,
    help: 'run only the operations of the manifest at /graphql',
  },
  automaticQueries: {
    kind: 'switch',
    env: 'ROLESCOPE_AUTOMATIC_QUERIES',
    group: 'server',
    default: true,
    help: 'let clients register operations by their hash (automatic persisted queries)',
  },
  corsOrigins: {
    kind: 'list',
    env: 'ROLESCOPE_CORS_ORIGINS',
    group: 'server',
    separator: ',',
    help: 'comma-separated origins, such as https://app.example, whose pages may ask; default none',
  },
  shutdownTimeoutMs: {
    kind: 'integer',
    env: 'ROLESCOPE_SHUTDOWN_TIMEOUT_MS',
    group: 'server',
    min: 0,
    max: maxTimeMs,
    default: 25_000,
    help: 'how long running operations may go on after SIGTERM, in milliseconds',
  },
  metrics: {
    kind: 'switch',
    env: 'ROLESCOPE_METRICS',
    group: 'server',
    default: true,
    help: 'answer /metrics, for Prometheus',
  },
  otlpEndpoint: {
    kind: 'url',
    env: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    group: 'server',
    help: 'base address of an OpenTelemetry collector (OTLP over HTTP); without one there are no traces',
  },
  otlpHeaders: {
    kind: 'list',
    env: 'OTEL_EXPORTER_OTLP_HEADERS',
    group: 'server',
    separator: ',',
    isSecret: true,
    help: 'comma-separated name=value: headers that the collector wants',
  },
  serviceName: {
    kind: 'text',
    env: 'OTEL_SERVICE_NAME',
    group: 'server',
    default: 'rolescope',
    help: 'name of this gateway in traces',
  },
  traceUpstream: {
    kind: 'switch',
    env: 'ROLESCOPE_TRACE_UPSTREAM',
    group: 'server',
    default: false,
    help: 'tell ESET Connect of the trace that a call belongs to, by traceparent',
  },
  logLevel: {
    kind: 'choice',
    env: 'ROLESCOPE_LOG_LEVEL',
    group: 'server',
    choices: ['debug', 'info', 'warn', 'error', 'silent'],
    default: 'info',
    help: 'least severe log line that is written',
  },

  region: {
    kind: 'choice',
    env: 'ROLESCOPE_REGION',
    group: 'upstream',
    choices: ['eu', 'de', 'us', 'ca', 'jpn'],
    help: 'region of the ESET account: sets both addresses below',
  },
  upstreamUrl: {
    kind: 'url',
    env: 'ROLESCOPE_UPSTREAM_URL',
    group: 'upstream',
    help: 'base address of the Identity API',
  },
  tokenUrl: { kind: 'url', env: 'ROLESCOPE_TOKEN_URL', group: 'upstream', help: 'address of the token endpoint' },
  auth: {
    kind: 'choice',
    env: 'ROLESCOPE_AUTH',
    group: 'upstream',
    choices: ['passthrough', 'service'],
    default: 'passthrough',
    help: "whose credential goes upstream: the caller's own, or the gateway's",
  },
  username: {
    kind: 'text',
    env: 'ROLESCOPE_USERNAME',
    group: 'upstream',
    help: 'name of the API user, for service mode, `doctor` and `token`',
  },
  password: {
    kind: 'text',
    env: 'ROLESCOPE_PASSWORD',
    group: 'upstream',
    isSecret: true,
    help: 'password of the API user',
  },
  passwordFile: {
    kind: 'text',
    env: 'ROLESCOPE_PASSWORD_FILE',
    group: 'upstream',
    help: 'file that holds the password of the API user',
  },
  token: {
    kind: 'text',
    env: 'ROLESCOPE_TOKEN',
    group: 'upstream',
    isSecret: true,
    help: 'bearer token for `doctor` to look with, instead of name and password',
  },
  apiKeys: {
    kind: 'list',
    separator: ',',
    env: 'ROLESCOPE_API_KEYS',
    group: 'upstream',
    isSecret: true,
    help: 'service mode: comma-separated name:key; callers send a key as x-api-key or as bearer',
  },
  jwksUrl: {
    kind: 'url',
    env: 'ROLESCOPE_JWKS_URL',
    group: 'upstream',
    help: 'service mode: where the keys are that sign the JWTs of callers',
  },
  jwtIssuer: {
    kind: 'text',
    env: 'ROLESCOPE_JWT_ISSUER',
    group: 'upstream',
    help: 'service mode: issuer that a JWT must name',
  },
  jwtAudience: {
    kind: 'text',
    env: 'ROLESCOPE_JWT_AUDIENCE',
    group: 'upstream',
    help: 'service mode: audience that a JWT must name',
  },
  rateLimit: {
    kind: 'integer',
    env: 'ROLESCOPE_RATE_LIMIT',
    group: 'upstream',
    min: 1,
    max: 1_000_000,
    default: 10,
    help: 'upstream calls per second and credential',
  },
  attemptTimeoutMs: {
    kind: 'integer',
    env: 'ROLESCOPE_ATTEMPT_TIMEOUT_MS',
    group: 'upstream',
    min: 100,
    max: maxTimeMs,
    default: 65_000,
    help: 'longest that one upstream call may take, in milliseconds; under 55 s a pending answer may never be seen',
  },
  maxUpstreamBodyBytes: {
    kind: 'integer',
    env: 'ROLESCOPE_MAX_UPSTREAM_BODY_BYTES',
    group: 'upstream',
    min: 1024,
    max: 1_073_741_824,
    default: 67_108_864,
    help: 'largest upstream answer that is read, in bytes',
  },
  maxWaitingPerCaller: {
    kind: 'integer',
    env: 'ROLESCOPE_MAX_WAITING',
    group: 'upstream',
    min: 1,
    max: 1_000_000,
    default: 2000,
    help: 'upstream calls of one caller that may wait for the rate limit at once',
  },
  maxConnections: {
    kind: 'integer',
    env: 'ROLESCOPE_MAX_CONNECTIONS',
    group: 'upstream',
    min: 1,
    max: 4096,
    default: 256,
    help: 'connections to upstream at once; a slow question holds one for up to 50 s',
  },
  cacheTtlMs: {
    kind: 'integer',
    env: 'ROLESCOPE_CACHE_TTL_MS',
    group: 'upstream',
    min: 0,
    max: maxTimeMs,
    default: 30_000,
    help: 'how long a page stays fresh, in milliseconds; 0 turns the cache off',
  },
  cacheMaxBytes: {
    kind: 'integer',
    env: 'ROLESCOPE_CACHE_MAX_BYTES',
    group: 'upstream',
    min: 0,
    max: 1_099_511_627_776,
    default: 268_435_456,
    help: 'memory that kept pages may take, in bytes; 0 turns the cache off',
  },
  redisUrl: {
    kind: 'url',
    env: 'ROLESCOPE_REDIS_URL',
    group: 'upstream',
    isSecret: true,
    help: 'Redis or Valkey that replicas share pages, pending ids and the rate limit in',
  },

  sandbox: {
    kind: 'switch',
    env: 'ROLESCOPE_SANDBOX',
    group: 'sandbox',
    default: false,
    help: 'serve made-up data from the embedded sandbox instead of an upstream',
  },
  sandboxSubjects: {
    kind: 'integer',
    env: 'ROLESCOPE_SANDBOX_SUBJECTS',
    group: 'sandbox',
    min: 2,
    max: 1_000_000,
    default: 2000,
    help: "how many subjects the sandbox's world has",
  },
  sandboxPort: {
    kind: 'integer',
    env: 'ROLESCOPE_SANDBOX_PORT',
    group: 'sandbox',
    min: 0,
    max: 65_535,
    default: 4010,
    help: 'port of the sandbox; 0 takes any free one',
  },
  sandboxWorld: {
    kind: 'text',
    env: 'ROLESCOPE_SANDBOX_WORLD',
    group: 'sandbox',
    help: 'JSON file with a world of your own instead of the made-up one',
  },
  sandboxRateLimit: {
    kind: 'text',
    env: 'ROLESCOPE_SANDBOX_RATE_LIMIT',
    group: 'sandbox',
    help: 'calls a second and API user that the sandbox takes, or off; 10 unless set',
  },
  sandboxRetryAfter: {
    kind: 'text',
    env: 'ROLESCOPE_SANDBOX_RETRY_AFTER',
    group: 'sandbox',
    help: 'seconds that its 429 and 503 name in Retry-After, or off; off unless set',
  },
  sandboxFairUse: {
    kind: 'text',
    env: 'ROLESCOPE_SANDBOX_FAIR_USE',
    group: 'sandbox',
    help: 'fair use: on, off, or such as burst=100,perSecond=2,backlog=10; on unless set',
  },
  sandboxPending: {
    kind: 'text',
    env: 'ROLESCOPE_SANDBOX_PENDING',
    group: 'sandbox',
    help: 'pending answers: newer, older, immediate, or such as acceptAfterMs=0,takesMs=5000; newer unless set',
  },
  sandboxPageShape: {
    kind: 'text',
    env: 'ROLESCOPE_SANDBOX_PAGE_SHAPE',
    group: 'sandbox',
    help: 'pages: full, stuck, or the seed of short and empty ones; full unless set',
  },
  sandboxFault: {
    kind: 'list',
    separator: ';',
    env: 'ROLESCOPE_SANDBOX_FAULT',
    group: 'sandbox',
    help: 'scripted fault such as status=503,count=3 or reset,probability=0.05; the flag can be repeated, the variable takes several between semicolons',
  },
});

export type SettingKey = keyof typeof settings;

type ValueOf<S> = S extends { readonly kind: 'integer' }
  ? number
  : S extends { readonly kind: 'list' }
    ? readonly string[]
    : S extends { readonly kind: 'switch' }
      ? boolean | Missing<S>
      : S extends { readonly choices: readonly (infer Choice)[] }
        ? Choice | Missing<S>
        : string | Missing<S>;

/** What a setting without a default can be. */
type Missing<S> = S extends { readonly default: unknown } ? never : undefined;

/** The value of every setting, checked by itself. */
export type SettingValues = { readonly [Key in SettingKey]: ValueOf<(typeof settings)[Key]> };

/** The flag of a setting, such as `--rate-limit`; undefined for a secret. */
export const flagOf = (setting: Setting): string | undefined =>
  setting.isSecret
    ? undefined
    : `--${setting.env
        .replace(/^ROLESCOPE_/, '')
        .toLowerCase()
        .replaceAll('_', '-')}`;
