import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createGatewayRuntime } from '@graphql-hive/gateway-runtime';
import { renderGraphiQL } from '@graphql-yoga/render-graphiql';
import { composeServices } from '@theguild/federation-composition';
import { parse } from 'graphql';
import { createYoga } from 'graphql-yoga';
import { createGateway, createSandbox } from 'rolescope';
import { createPeopleAndDevices } from './people-and-devices.ts';
import { explainTakenPort } from '../taken-port.ts';
import { findPeopleAndDevices } from './find-people-and-devices.ts';
import { createMailingList } from './mailing-list.ts';

// What keeps everybody but the supergraph's gateway away from /subgraph. A real one comes from a secret store.
const subgraphKey = 'known-only-to-the-two-gateways';

const defaultQuery = `query PeopleAndTheirRoles {
  people {
    name
    subject {
      roles {
        nodes { name scopes { nodes { kind uuid } } }
      }
    }
  }
}
`;

const listen = async (listener: RequestListener, port = 0): Promise<string> => {
  const server = createServer(listener);
  server.once('error', explainTakenPort(port, 'federation'));
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
};

const sdlOf = async (url: string): Promise<string> => {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-subgraph-key': subgraphKey },
    body: JSON.stringify({ query: '{ service: _service { sdl } }' }),
  });
  return ((await response.json()) as { data: { service: { sdl: string } } }).data.service.sdl;
};

// One subgraph: Rolescope, here over made-up data.
const sandbox = await createSandbox({ subjects: 3000 });
const rolescope = createGateway({
  port: 0,
  upstreamUrl: sandbox.url,
  usersUrl: sandbox.urls.users,
  devicesUrl: sandbox.urls.devices,
  subgraphKey,
  subgraphUserKeys: 'uuid,email',
});
const graphUrl = await rolescope.listen();
const subgraphUrl = new URL('/subgraph', graphUrl).href;

// Another: people and devices, which know nothing of roles.
const { people, machines, emails } = await findPeopleAndDevices(graphUrl, sandbox.adminToken);
const yoga = createYoga({ schema: createPeopleAndDevices(people, machines), logging: false });
const peopleUrl = await listen((request, response) => void yoga(request, response));

// A third: a mailing list, which knows nothing but addresses.
const mailingList = createYoga({ schema: createMailingList(emails.slice(0, 50)), logging: false });
const mailingListUrl = await listen((request, response) => void mailingList(request, response));

// Composed here for the example's sake; usually a schema registry does it.
const subgraphs = [
  { name: 'rolescope', url: subgraphUrl },
  { name: 'people', url: peopleUrl },
  { name: 'mailing-list', url: mailingListUrl },
];
const { supergraphSdl, errors } = composeServices(
  await Promise.all(subgraphs.map(async (subgraph) => ({ ...subgraph, typeDefs: parse(await sdlOf(subgraph.url)) }))),
);
if (supergraphSdl === undefined) throw new AggregateError(errors ?? [], 'the subgraphs do not fit together');

// The supergraph's gateway hands on who asks, and shows its key.
const supergraph = createGatewayRuntime({
  supergraph: supergraphSdl,
  logging: false,
  propagateHeaders: {
    fromClientToSubgraphs: ({ request, subgraphName }) => ({
      authorization: request.headers.get('authorization'),
      ...(subgraphName === 'rolescope' ? { 'x-subgraph-key': subgraphKey } : {}),
    }),
  },
  renderGraphiQL,
  graphiql: {
    title: 'People, devices and their roles',
    defaultQuery,
    defaultHeaders: JSON.stringify({ authorization: `Bearer ${sandbox.adminToken}` }, null, 2),
  },
});

const supergraphUrl = await listen(
  (request, response) => {
    const before = sandbox.transcript().length;
    response.once('finish', () => {
      const calls = sandbox.transcript().length - before;
      if (request.method === 'POST')
        process.stdout.write(`answered, for ${calls} upstream ${calls === 1 ? 'call' : 'calls'}\n`);
    });
    void supergraph(request, response);
  },
  Number(process.env['PORT'] ?? 4000),
);

process.stdout.write(`The supergraph is at ${supergraphUrl}\nA token: ${sandbox.adminToken}\n`);

// Hive Gateway waits for requests under way when it is told to end; an example need not.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit());
