import { createServer, type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runToEnd, type Server, startServer } from '../support/processes.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const command = ['--import', 'tsx', 'src/cli/main.ts'] as const;
const bare = { PATH: process.env['PATH'], HOME: process.env['HOME'] };

const run = (args: readonly string[], env: Record<string, string> = {}) =>
  runToEnd('node', [...command, ...args], { cwd: root, env: { ...bare, ...env } });
const start = (args: readonly string[], env: Record<string, string> = {}): Server =>
  startServer('node', [...command, ...args], {
    cwd: root,
    env: { ...bare, PORT: '0', ROLESCOPE_SANDBOX_PORT: '0', ...env },
  });

describe('rolescope', () => {
  it.each([
    [
      'serve',
      {},
      /^rolescope: nothing to serve: set ROLESCOPE_REGION or ROLESCOPE_UPSTREAM_URL .* or start with --sandbox/,
    ],
    [
      'serve --sandbox',
      { ROLESCOPE_REGION: 'eu' },
      /^rolescope: --sandbox serves made-up data and an upstream is set as well/,
    ],
    ['serve --sandbox --sandbox-world none.json', {}, /^rolescope: none\.json: cannot be read \(ENOENT\)/],
    ['sandbox --sandbox-fault status=9', {}, /^rolescope: --sandbox-fault: \$\.status: expected an integer/],
    ['sandbox --sandbox-pending soon', {}, /^rolescope: --sandbox-pending: /],
    [
      'serve --sandbox --sandbox-port 0 --port 0',
      { HOST: '192.0.2.1' },
      /^rolescope: HOST and PORT cannot be listened on: EADDRNOTAVAIL/,
    ],
    [
      'serve',
      { ROLESCOPE_AUTH: 'service', ROLESCOPE_REGION: 'eu' },
      /^rolescope: ROLESCOPE_AUTH=service needs ROLESCOPE_USERNAME, ROLESCOPE_PASSWORD/,
    ],
    [
      'serve',
      { ROLESCOPE_AUTH: 'service', ROLESCOPE_REGION: 'eu', ROLESCOPE_USERNAME: 'a', ROLESCOPE_PASSWORD: 'b' },
      /^rolescope: ROLESCOPE_AUTH=service needs ROLESCOPE_API_KEYS or ROLESCOPE_JWKS_URL/,
    ],
    ['token', {}, /^rolescope: set ROLESCOPE_REGION or ROLESCOPE_TOKEN_URL/],
    ['doctor', {}, /^rolescope: set ROLESCOPE_REGION or ROLESCOPE_UPSTREAM_URL/],
    ['token', { ROLESCOPE_REGION: 'eu' }, /^rolescope: set ROLESCOPE_USERNAME or --username/],
    ['token --username a', { ROLESCOPE_REGION: 'eu' }, /^rolescope: no password: set ROLESCOPE_PASSWORD/],
  ] as [string, Record<string, string>, RegExp][])(
    'ends %s with %j at once and in one line',
    async (args, env, message) => {
      const { code, output } = await run(args.split(' '), env);
      expect(output).toMatch(message);
      expect(output.trim().split('\n')).toHaveLength(1);
      expect(code).toBe(1);
    },
  );

  it('says that a port is taken', async () => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = holder.address() as AddressInfo;
      const { code, output } = await run(['serve', '--sandbox', '--sandbox-port', '0', '--port', String(port)]);
      expect(output).toContain('rolescope: the port is taken');
      expect(code).toBe(1);
    } finally {
      holder.close();
    }
  });

  it('serves a world and an API user of somebody’s own', async () => {
    const server = start(['serve', '--sandbox', '--sandbox-world', 'examples/sandbox-world.json']);
    try {
      const [, url] = await server.waitFor(/serves the graph at (\S+)/);
      const [, token] = await server.waitFor(/good for a day: (\S+)/);
      const response = await fetch(url as string, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify({ query: '{ subjects { totalCount nodes { reference } } viewer { reference } }' }),
      });
      const { data } = (await response.json()) as { data: { subjects: { totalCount: number; nodes: object[] } } };
      expect(data.subjects.totalCount).toBeGreaterThan(0);
      expect(data.subjects.nodes).toHaveLength(data.subjects.totalCount);
      expect(server.output()).toContain('me@example.test');
    } finally {
      await server.stop();
    }
  });

  it('lets faults be scripted from the command line', async () => {
    const server = start(['serve', '--sandbox', '--sandbox-fault', 'status=403']);
    try {
      const [, url] = await server.waitFor(/serves the graph at (\S+)/);
      const [, token] = await server.waitFor(/good for a day: (\S+)/);
      const response = await fetch(url as string, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify({ query: '{ subjects { totalCount } }' }),
      });
      expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN' } }] });
    } finally {
      await server.stop();
    }
  });
});
