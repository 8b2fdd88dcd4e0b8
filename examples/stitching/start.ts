import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { renderGraphiQL } from '@graphql-yoga/render-graphiql';
import { buildSchema } from 'graphql';
import { createYoga } from 'graphql-yoga';
import { createGateway, createSandbox } from 'rolescope';
import { findPeopleAndDevices } from '../federation/find-people-and-devices.ts';
import { explainTakenPort } from '../taken-port.ts';
import { createPeopleAndDevices } from './people-and-devices.ts';
import { stitch, type StitchContext } from './stitch.ts';

// Rolescope, here over made-up data.
const sandbox = await createSandbox({ subjects: 3000 });
const rolescope = createGateway({
  port: 0,
  upstreamUrl: sandbox.url,
  usersUrl: sandbox.urls.users,
  devicesUrl: sandbox.urls.devices,
});
const url = await rolescope.listen();
const graph = buildSchema(readFileSync(new URL('../../schema/schema.graphql', import.meta.url), 'utf8'));

const { people, machines, emails } = await findPeopleAndDevices(url, sandbox.adminToken);
const yoga = createYoga<object, StitchContext>({
  schema: stitch(createPeopleAndDevices(people, machines, emails), graph, url),
  context: ({ request }) => ({ authorization: request.headers.get('authorization') ?? '' }),
  logging: false,
  renderGraphiQL,
  graphiql: {
    title: 'People, devices and their roles',
    defaultQuery: '{ people { name subject { roles { nodes { name } } } } }',
    defaultHeaders: JSON.stringify({ authorization: `Bearer ${sandbox.adminToken}` }, null, 2),
  },
});

const server = createServer((request, response) => void yoga(request, response));
const wanted = Number(process.env['PORT'] ?? 4000);
server.once('error', explainTakenPort(wanted, 'stitching'));
server.listen(wanted, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`The stitched graph is at http://127.0.0.1:${port}/graphql\nA token: ${sandbox.adminToken}\n`);
});
