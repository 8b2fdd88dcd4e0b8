import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createGateway, createSandbox } from 'rolescope';
import { explainTakenPort } from '../taken-port.ts';

// Made-up data, so that the example runs without an account. With one: upstreamUrl of your region, or just `region: 'eu'`.
const sandbox = await createSandbox();
const gateway = createGateway({ upstreamUrl: sandbox.url });

// A server that was there before: it keeps its own routes and hands the graph's to the gateway.
const server = createServer((request, response) => {
  const path = request.url?.split('?', 1)[0];
  if (path === '/graphql' || path === '/subgraph') {
    gateway.handle(request, response);
  } else if (path === '/hello') {
    response.end('Hello from the application.\n');
  } else {
    response.writeHead(404).end();
  }
});

const wanted = Number(process.env['PORT'] ?? 4000);
server.once('error', explainTakenPort(wanted, 'embedding'));
server.listen(wanted, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`The application is at http://127.0.0.1:${port}, with the graph at /graphql\n`);
  process.stdout.write(`A token: ${sandbox.adminToken}\n`);
});

// Whoever makes a gateway closes it: it holds connections to upstream. A process under npm or tsx may be told twice to end, by the terminal and
// by what started it: the first time counts.
let isClosing = false;
const stop = async (): Promise<void> => {
  if (isClosing) return;
  isClosing = true;
  server.close();
  server.closeAllConnections();
  await gateway.close();
  await sandbox.close();
  process.stdout.write('Everything is closed.\n');
};
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop());
