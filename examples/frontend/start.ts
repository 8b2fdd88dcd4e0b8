import { createGateway, createSandbox } from 'rolescope';
import { createServer } from 'vite';

// The graph, here over made-up data.
const sandbox = await createSandbox();
const gateway = createGateway({ port: 0, upstreamUrl: sandbox.url });
const { origin } = new URL(await gateway.listen());

// The application, with /graphql at its own origin.
const vite = await createServer({
  configFile: new URL('vite.config.ts', import.meta.url).pathname,
  server: { port: Number(process.env['PORT'] ?? 5173), proxy: { '/graphql': origin } },
});
await vite.listen();

// Behind the # the token never leaves the browser.
process.stdout.write(`Open ${vite.resolvedUrls?.local[0]}#token=${sandbox.adminToken}\n`);
