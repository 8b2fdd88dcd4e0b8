import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApolloGateway, RemoteGraphQLDataSource } from '@apollo/gateway';
import { createGatewayRuntime } from '@graphql-hive/gateway-runtime';
import { composeServices } from '@theguild/federation-composition';
import { type ExecutionResult, type GraphQLSchema, parse } from 'graphql';
import { createYoga } from 'graphql-yoga';
import { createPeopleAndDevices, type Machine, type Person } from '../../examples/federation/people-and-devices.ts';
import type { Sandbox } from '../../src/index.ts';
import { type RunningGateway, runGateway, type RunningGatewayOptions } from '../support/running-gateway.ts';

/** What the sandbox has, as its own API lists it. */
export interface ListedSubject {
  readonly subjectReference: string;
  readonly subjectType?: string;
  readonly roles?: readonly {
    readonly roleName: string;
    readonly scopes?: readonly Readonly<Record<string, string>>[];
  }[];
}

/** Every subject of a sandbox in upstream's order, read past the gateway. */
export const listSubjects = async (sandbox: Sandbox): Promise<ListedSubject[]> => {
  const subjects: ListedSubject[] = [];
  let pageToken = '';
  do {
    const query = new URLSearchParams({ pageSize: '1000', pageToken });
    const response = await fetch(`${sandbox.url}/v2/role-assignments?${query}`, {
      headers: { authorization: `Bearer ${sandbox.adminToken}` },
    });
    const page = (await response.json()) as { assignments: ListedSubject[]; nextPageToken?: string };
    subjects.push(...page.assignments);
    pageToken = page.nextPageToken ?? '';
  } while (pageToken !== '');
  return subjects;
};

/** `count` items that lie evenly over the whole list. */
export const spread = <Item>(items: readonly Item[], count: number): Item[] =>
  Array.from({ length: count }, (_, i) => items[Math.floor((i * items.length) / count)] as Item);

/** Whoever can execute operations over both subgraphs. */
export interface SupergraphGateway {
  ask(query: string, headers?: Record<string, string>): Promise<ExecutionResult>;
  close(): Promise<void>;
}

export interface RunningSupergraph {
  readonly rolescope: RunningGateway;
  /** Its subjects, in upstream's order. */
  readonly subjects: readonly ListedSubject[];
  readonly supergraphSdl: string;
  close(): Promise<void>;
}

export interface SupergraphOptions extends RunningGatewayOptions {
  /** Which people and devices the other subgraph has. */
  readonly choose?: (subjects: readonly ListedSubject[]) => {
    readonly people: readonly Person[];
    readonly machines?: readonly Machine[];
  };
  /** Another subgraph than that of people and devices. */
  readonly other?: (rolescope: RunningGateway) => Promise<GraphQLSchema>;
}

/** A gateway over a sandbox, another subgraph with people and devices, and the supergraph of both. */
export const runSupergraph = async ({ choose, other, ...options }: SupergraphOptions): Promise<RunningSupergraph> => {
  const rolescope = await runGateway(options);
  const subjects = await listSubjects(rolescope.sandbox);
  rolescope.sandbox.clearTranscript();
  const { people, machines = [] } = choose?.(subjects) ?? { people: [] };
  const schema = other === undefined ? createPeopleAndDevices(people, machines) : await other(rolescope);
  const yoga = createYoga({ schema, logging: false });
  const peopleServer = createServer((request, response) => void yoga(request, response));
  await new Promise<void>((resolve) => peopleServer.listen(0, '127.0.0.1', resolve));
  const peopleUrl = `http://127.0.0.1:${(peopleServer.address() as AddressInfo).port}/graphql`;
  const { supergraphSdl, errors } = composeServices([
    { name: 'rolescope', url: `${rolescope.url}/subgraph`, typeDefs: parse(await sdlOf(rolescope, options)) },
    { name: 'people', url: peopleUrl, typeDefs: parse(await sdlFrom(peopleUrl)) },
  ]);
  if (supergraphSdl === undefined)
    throw new Error(`no supergraph: ${errors?.map(({ message }) => message).join('; ')}`);
  return {
    rolescope,
    subjects,
    supergraphSdl,
    async close() {
      peopleServer.close();
      peopleServer.closeAllConnections();
      await rolescope.close();
    },
  };
};

const sdlOf = (rolescope: RunningGateway, { settings }: RunningGatewayOptions): Promise<string> =>
  sdlFrom(
    `${rolescope.url}/subgraph`,
    settings?.subgraphKey === undefined ? {} : { 'x-subgraph-key': settings.subgraphKey },
  );

/** A subgraph's own words for itself, as a federation gateway fetches them. */
export const sdlFrom = async (url: string, headers: Record<string, string> = {}): Promise<string> => {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query: '{ _service { sdl } }' }),
  });
  const { data } = (await response.json()) as { data: { _service: { sdl: string } } };
  return data['_service'].sdl;
};

/** Starts a gateway that hands on its callers' authorization to the subgraphs, and adds headers of its own. */
export type StartGateway = (supergraphSdl: string, own: Record<string, string>) => Promise<SupergraphGateway>;

/** Hive Gateway, in this process. */
export const startHiveGateway: StartGateway = async (supergraphSdl, own) => {
  const runtime = createGatewayRuntime({
    supergraph: supergraphSdl,
    logging: false,
    maskedErrors: false,
    propagateHeaders: {
      fromClientToSubgraphs: ({ request }) => ({ ...own, authorization: request.headers.get('authorization') }),
    },
  });
  return {
    ask: (query, headers = {}) => askRuntime(runtime, query, headers),
    close: async () => runtime[Symbol.asyncDispose](),
  };
};

/** Sends an operation to a Hive Gateway in this process. */
export const askRuntime = async (
  runtime: Pick<ReturnType<typeof createGatewayRuntime>, 'fetch'>,
  query: string,
  headers: Record<string, string>,
): Promise<ExecutionResult> => {
  const response = await runtime.fetch('http://supergraph.example/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query }),
  });
  return (await response.json()) as ExecutionResult;
};

/** Apollo Gateway, in this process. */
export const startApolloGateway: StartGateway = async (supergraphSdl, own) => {
  const gateway = new ApolloGateway({
    supergraphSdl,
    logger: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    buildService: ({ url }) =>
      new RemoteGraphQLDataSource<Record<string, string>>({
        ...(url === undefined ? {} : { url }),
        willSendRequest({ request, context }) {
          for (const [name, value] of Object.entries({ ...own, ...context })) request.http?.headers.set(name, value);
        },
      }),
  });
  const { executor } = await gateway.load();
  return {
    async ask(query, headers = {}) {
      const document = parse(query);
      // The parts of Apollo Server's request context that the gateway reads.
      return (await executor({
        document,
        request: { query },
        operationName: null,
        queryHash: query,
        source: query,
        context: headers,
        metrics: {},
        overallCachePolicy: { restrict: () => {} },
      } as never)) as ExecutionResult;
    },
    close: () => gateway.stop(),
  };
};
