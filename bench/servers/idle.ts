import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

// Does nothing but say that it is alive: how long that takes is what the machine takes, whatever the gateway does.

const server = createServer((_request, response) => response.end('alive'));
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
process.once('SIGTERM', () => {
  server.closeAllConnections();
  server.close();
});
