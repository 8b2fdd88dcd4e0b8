/** What the gateway tells the page that it serves. Nothing of it is secret but the tokens of made-up data. */
export interface GatewayFacts {
  /** How callers say who they are. */
  readonly mode: 'sandbox' | 'passthrough' | 'service';
  /** Where GraphiQL is; absent where it is off. */
  readonly graphiql?: string;
  /** What a question may take at most. */
  readonly timeoutMs: number;
  /** Sandbox only: who can sign in. */
  readonly accounts: readonly SandboxAccount[];
  /** Whether the gateway changes roles at all. */
  readonly writes: boolean;
  /** Whether lists can be exported. */
  readonly export: boolean;
  /** Whether a record is kept at all. */
  readonly record: boolean;
}

export interface SandboxAccount {
  readonly name: string;
  readonly description: string;
  readonly token: string;
}

const nothing: GatewayFacts = {
  mode: 'passthrough',
  timeoutMs: 150_000,
  accounts: [],
  writes: false,
  export: false,
  record: false,
};

const contentOf = (name: string): string =>
  document.querySelector(`meta[name="${name}"]`)?.getAttribute('content') ?? '';

/** Read once from the page's head. */
export const gatewayFacts: GatewayFacts = { ...nothing, ...(JSON.parse(contentOf('rolescope') || '{}') as object) };

/** What the content security policy lets style elements carry. */
export const styleNonce: string = contentOf('style-nonce');
