import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { type DocumentNode, print } from 'graphql';
// A gateway loads it at its first operation, which takes time that a manual clock does not know of.
import '../../src/http/yoga-handler.ts';
import {
  createGateway,
  createSandbox,
  type GatewayParts,
  type Sandbox,
  type SandboxOptions,
  type GatewaySettings,
} from '../../src/index.ts';
import { addressesOf } from './addresses-of.ts';

export interface Answer<Data> {
  readonly data?: Data;
  readonly errors?: readonly {
    readonly message: string;
    readonly path?: readonly (string | number)[];
    readonly extensions: { readonly code: string; readonly [key: string]: unknown };
  }[];
  readonly extensions?: {
    readonly upstream?: { readonly calls: number; readonly fromCache: number; readonly retries: number };
  };
}

export interface RunningGateway {
  readonly url: string;
  readonly sandbox: Sandbox;
  /** Sends one operation as the sandbox's administrator, or as `headers` say. */
  ask<Data, Variables>(
    document: TypedDocumentNode<Data, Variables> | DocumentNode | string,
    variables?: Variables,
    headers?: Record<string, string>,
  ): Promise<Answer<Data>>;
  /** Queries of every role-assignments call that upstream saw since the last look, oldest first. */
  upstreamQueries(): Record<string, string>[];
  /** Ends the gateway in good order, as SIGTERM does. The sandbox goes on. */
  drain(): Promise<void>;
  close(): Promise<void>;
}

export interface RunningGatewayOptions {
  readonly sandbox?: SandboxOptions;
  readonly settings?: GatewaySettings;
  readonly parts?: GatewayParts;
  /** Default: true, as `rolescope serve --sandbox` does. */
  readonly isSandboxMode?: boolean;
  /** Told of the sandbox before there is a gateway over it. */
  readonly onSandbox?: (sandbox: Sandbox) => void;
}

/** A gateway over a sandbox of its own, both on free ports. The sandbox has no rate limit unless one is asked for. */
export const runGateway = async (options: RunningGatewayOptions = {}): Promise<RunningGateway> => {
  const sandbox = await createSandbox({ rateLimit: false, fairUse: false, ...options.sandbox });
  options.onSandbox?.(sandbox);
  const gateway = createGateway({
    port: 0,
    ...addressesOf(sandbox),
    rateLimit: 1000,
    ...(options.isSandboxMode !== false && { sandboxToken: sandbox.adminToken }),
    ...options.settings,
    ...options.parts,
  });
  const { origin: url } = new URL(await gateway.listen());
  return {
    url,
    sandbox,
    async ask(document, variables, headers = { authorization: `Bearer ${sandbox.adminToken}` }) {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ query: typeof document === 'string' ? document : print(document), variables }),
      });
      return (await response.json()) as Answer<never>;
    },
    upstreamQueries() {
      const seen = sandbox
        .transcript()
        .filter(({ path }) => path === '/v2/role-assignments')
        .map(({ query }) => query as Record<string, string>);
      sandbox.clearTranscript();
      return seen;
    },
    drain: () => gateway.drain(),
    async close() {
      await gateway.close();
      await sandbox.close();
    },
  };
};

/** A bearer token of one of the sandbox's users, by the grant that everybody uses. */
export const logIn = async (sandbox: Sandbox, name: string): Promise<string> => {
  const user = sandbox.users.find((known) => known.name.startsWith(name));
  if (user === undefined) throw new Error(`the sandbox has no user ${name}`);
  const response = await fetch(sandbox.tokenUrl, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'password', username: user.name, password: user.password }),
  });
  return ((await response.json()) as { access_token: string }).access_token;
};
