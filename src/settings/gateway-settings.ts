// Written by `npm run codegen` from the table of settings. Do not edit.

/** Settings of a gateway, by the names that their flags have. */
export interface GatewaySettings {
  /** Region of the ESET account: sets the addresses below. Default: none. As `ROLESCOPE_REGION`. */
  readonly region?: 'eu' | 'de' | 'us' | 'ca' | 'jpn' | undefined;
  /** Base address of the Identity API. Default: none. As `ROLESCOPE_UPSTREAM_URL`. */
  readonly upstreamUrl?: string | undefined;
  /** Address of the token endpoint. Default: none. As `ROLESCOPE_TOKEN_URL`. */
  readonly tokenUrl?: string | undefined;
  /** Base address of user management, for the names of users; empty: not asked. The region jpn has none. Default: none. As `ROLESCOPE_USERS_URL`. */
  readonly usersUrl?: string | undefined;
  /** Base address of device management, for the names of devices and their groups; empty: not asked. Default: none. As `ROLESCOPE_DEVICES_URL`. */
  readonly devicesUrl?: string | undefined;
  /** Base address of policy management, for the names of policies; empty: not asked. Default: none. As `ROLESCOPE_POLICIES_URL`. */
  readonly policiesUrl?: string | undefined;
  /** Whose credential goes upstream: the caller's own, or the gateway's. Default: passthrough. As `ROLESCOPE_AUTH`. */
  readonly auth?: 'passthrough' | 'service' | undefined;
  /** Name of the API user, for service mode and the other commands. Default: none. As `ROLESCOPE_USERNAME`. */
  readonly username?: string | undefined;
  /** Password of the API user. Default: none. As `ROLESCOPE_PASSWORD`. */
  readonly password?: string | undefined;
  /** Upstream calls per second and credential. Default: 10. As `ROLESCOPE_RATE_LIMIT`. */
  readonly rateLimit?: number | undefined;
  /** Upstream calls per second of all credentials together, because upstream counts by address too; 0: not counted; default: as of one credential. Default: none. As `ROLESCOPE_ADDRESS_RATE_LIMIT`. */
  readonly addressRateLimit?: number | undefined;
  /** Upstream calls that one operation may cost. Default: 100. As `ROLESCOPE_MAX_CALLS`. */
  readonly maxCalls?: number | undefined;
  /** Upstream calls, of 1000 subjects each, that a question about the whole list may cost, such as the total of a filtered list; 0 turns them off. Default: 1000. As `ROLESCOPE_MAX_CENSUS_CALLS`. */
  readonly maxCensusCalls?: number | undefined;
  /** Service mode: how often the whole list is read anew in the background, in milliseconds, with slots of the rate limit that nobody wants; 0 turns that off. Default: 0. As `ROLESCOPE_CENSUS_EVERY_MS`. */
  readonly censusEveryMs?: number | undefined;
  /** Longest that one upstream call may take, in milliseconds; under 55 s a pending answer may never be seen. Default: 65000. As `ROLESCOPE_ATTEMPT_TIMEOUT_MS`. */
  readonly attemptTimeoutMs?: number | undefined;
  /** How long a page stays fresh, in milliseconds; 0 turns the cache off. Default: 30000. As `ROLESCOPE_CACHE_TTL_MS`. */
  readonly cacheTtlMs?: number | undefined;
  /** How long names, groups and their tree stay fresh, in milliseconds; 0 keeps none. Default: 600000. As `ROLESCOPE_NAMES_TTL_MS`. */
  readonly namesTtlMs?: number | undefined;
  /** Memory that kept pages may take, in bytes; 0 turns the cache off. Default: 268435456. As `ROLESCOPE_CACHE_MAX_BYTES`. */
  readonly cacheMaxBytes?: number | undefined;
  /** Redis or Valkey that replicas share pages, pending ids and the rate limit in. Default: none. As `ROLESCOPE_REDIS_URL`. */
  readonly redisUrl?: string | undefined;
  /** Port of the gateway; 0 takes any free one. Default: 4000. As `PORT`. */
  readonly port?: number | undefined;
  /** Address that the gateway listens on. Default: 127.0.0.1. As `HOST`. */
  readonly host?: string | undefined;
  /** Comma-separated origins, such as https://app.example, whose pages may ask; default none. As `ROLESCOPE_CORS_ORIGINS`. */
  readonly corsOrigins?: readonly string[] | undefined;
  /** How long running operations may go on after SIGTERM, in milliseconds. Default: 25000. As `ROLESCOPE_SHUTDOWN_TIMEOUT_MS`. */
  readonly shutdownTimeoutMs?: number | undefined;
  /** Service mode: comma-separated name:key; callers send a key as x-api-key or as bearer. Default: none. As `ROLESCOPE_API_KEYS`. */
  readonly apiKeys?: readonly string[] | undefined;
  /** Service mode: where the keys are that sign the JWTs of callers. Default: none. As `ROLESCOPE_JWKS_URL`. */
  readonly jwksUrl?: string | undefined;
  /** Service mode: issuer that a JWT must name; has to be set with a JWKS, to * for any. Default: none. As `ROLESCOPE_JWT_ISSUER`. */
  readonly jwtIssuer?: string | undefined;
  /** Service mode: audience that a JWT must name; has to be set with a JWKS, to * for any. Default: none. As `ROLESCOPE_JWT_AUDIENCE`. */
  readonly jwtAudience?: string | undefined;
  /** An operation's deadline in milliseconds. Default: 150000. As `ROLESCOPE_TIMEOUT_MS`. */
  readonly timeoutMs?: number | undefined;
  /** Operations that may run at the same time. Default: 2000. As `ROLESCOPE_MAX_OPERATIONS`. */
  readonly maxOperations?: number | undefined;
  /** Objects that one answer may hold, counted as they are produced. Default: 10000000. As `ROLESCOPE_MAX_NODES`. */
  readonly maxNodes?: number | undefined;
  /** Largest answer in bytes, counted as it is produced, errors included. Default: 33554432. As `ROLESCOPE_MAX_ANSWER_BYTES`. */
  readonly maxAnswerBytes?: number | undefined;
  /** Levels of fields that a document may nest. Default: 20. As `ROLESCOPE_MAX_DEPTH`. */
  readonly maxDepth?: number | undefined;
  /** Words and signs that a GraphQL document may have. Default: 5000. As `ROLESCOPE_MAX_TOKENS`. */
  readonly maxTokens?: number | undefined;
  /** Largest GraphQL document in bytes, its variables not counted. Default: 100000. As `ROLESCOPE_MAX_DOCUMENT_BYTES`. */
  readonly maxDocumentBytes?: number | undefined;
  /** Largest request body in bytes. Default: 262144. As `ROLESCOPE_MAX_BODY_BYTES`. */
  readonly maxBodyBytes?: number | undefined;
  /** Answer /metrics, for Prometheus. Default: true. As `ROLESCOPE_METRICS`. */
  readonly metrics?: boolean | undefined;
  /** Port of its own for /metrics, which is then nowhere else; 0 takes any free one; default none, beside the graph. As `ROLESCOPE_METRICS_PORT`. */
  readonly metricsPort?: number | undefined;
  /** Base address of an OpenTelemetry collector (OTLP over HTTP); without one there are no traces. Default: none. As `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly otlpEndpoint?: string | undefined;
  /** Comma-separated name=value: headers that the collector wants. Default: none. As `OTEL_EXPORTER_OTLP_HEADERS`. */
  readonly otlpHeaders?: readonly string[] | undefined;
  /** Name of this gateway in traces. Default: rolescope. As `OTEL_SERVICE_NAME`. */
  readonly serviceName?: string | undefined;
  /** Serve GraphiQL; default on, off with NODE_ENV=production. As `ROLESCOPE_GRAPHIQL`. */
  readonly graphiql?: boolean | undefined;
  /** Serve the console, a web application over the graph, at /; off with ROLESCOPE_TRUSTED_ONLY. Default: true. As `ROLESCOPE_CONSOLE`. */
  readonly console?: boolean | undefined;
  /** Answer introspection; default on, off with NODE_ENV=production. As `ROLESCOPE_INTROSPECTION`. */
  readonly introspection?: boolean | undefined;
  /** Let mutations change who has which role; default off, on with --sandbox. As `ROLESCOPE_WRITES`. */
  readonly writes?: boolean | undefined;
  /** Service mode: comma-separated names of the API keys that may write; a JWT may with the scope rolescope:write. Default: none. As `ROLESCOPE_WRITERS`. */
  readonly writers?: readonly string[] | undefined;
  /** File that every attempted change is appended to, as NDJSON; where it cannot be written nothing is changed; default the log alone. As `ROLESCOPE_AUDIT_FILE`. */
  readonly auditFile?: string | undefined;
  /** How long a change that upstream has accepted may take to show, in milliseconds. Default: 5000. As `ROLESCOPE_WRITE_SETTLE_MS`. */
  readonly writeSettleMs?: number | undefined;
  /** Serve the Federation 2 subgraph at /subgraph. Default: true. As `ROLESCOPE_SUBGRAPH`. */
  readonly subgraph?: boolean | undefined;
  /** What other subgraphs can refer to a User by; with email for those that know people by mail alone, at the cost of a walk of all users. Default: uuid. As `ROLESCOPE_SUBGRAPH_USER_KEYS`. */
  readonly subgraphUserKeys?: 'uuid' | 'uuid,email' | undefined;
  /** Key that requests to /subgraph must carry in the header x-subgraph-key; default none. As `ROLESCOPE_SUBGRAPH_KEY`. */
  readonly subgraphKey?: string | undefined;
  /** Answer /export: who has which role, where, as a file. Default: true. As `ROLESCOPE_EXPORT`. */
  readonly export?: boolean | undefined;
  /** Where to keep a record of who had which role when: a directory such as file:./rolescope-record, or a postgres:// address that replicas share; in service mode and over the sandbox; default none. As `ROLESCOPE_RECORD`. */
  readonly record?: string | undefined;
  /** How many days the record keeps what has ended. Default: 400. As `ROLESCOPE_RECORD_DAYS`. */
  readonly recordDays?: number | undefined;
  /** JSON file with operations that clients may send by their id, as Relay or Apollo write it. Default: none. As `ROLESCOPE_MANIFEST`. */
  readonly manifest?: string | undefined;
  /** Run only the operations of the manifest at /graphql; /subgraph must then have a key or be off. Default: false. As `ROLESCOPE_TRUSTED_ONLY`. */
  readonly trustedOnly?: boolean | undefined;
  /** Answer queries by a plan made once; off: by the standard executor, several times slower. Default: true. As `ROLESCOPE_QUERY_PLANS`. */
  readonly queryPlans?: boolean | undefined;
}
