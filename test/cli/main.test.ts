import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { builtCommand } from '../support/build-command.ts';
import { runToEnd, type Server, startServer } from '../support/processes.ts';

const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};
const root = fileURLToPath(new URL('../..', import.meta.url));
const command = [builtCommand] as const;
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
      /^rolescope: the gateway cannot listen on "192\.0\.2\.1" \(EADDRNOTAVAIL\): choose another address with --host or HOST$/m,
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

  it.each([
    ['serve --sandbox --sandbox-port 0 --port', 'the gateway', '--port or PORT'],
    [
      'serve --sandbox --sandbox-port 0 --port 0 --metrics-port',
      '/metrics',
      '--metrics-port or ROLESCOPE_METRICS_PORT',
    ],
    ['serve --sandbox --port 0 --sandbox-port', 'the sandbox', '--sandbox-port or ROLESCOPE_SANDBOX_PORT'],
    ['sandbox --port', 'the sandbox', '--port or ROLESCOPE_SANDBOX_PORT'],
  ])('names the port that is taken, and what changes it: %s', async (line, owner, choice) => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = holder.address() as AddressInfo;
      const { code, output } = await run([...line.split(' '), String(port)]);
      expect(output).toBe(
        `rolescope: port ${port} is taken, which ${owner} should listen on: choose another with ${choice} (0 takes any free one)\n`,
      );
      expect(code).toBe(1);
    } finally {
      holder.close();
    }
  });

  it.each([
    [['help'], 0, 'Usage: rolescope [command] [flags]'],
    [['token', '--help'], 0, 'Usage: rolescope token [flags]'],
    [['--version'], 0, manifest.version],
    [['serv'], 1, 'rolescope: unknown command "serv": did you mean serve?'],
    [['token', '--port', '1'], 1, 'rolescope: token has no use for --port: it is a flag of serve'],
    [['sandbox', '--port', 'abc'], 1, 'rolescope: --port must be an integer from 0 to 65535, got "abc"'],
    [['serve', '--sandbox-port', 'abc'], 1, 'rolescope: --sandbox-port must be an integer'],
    [['--username', 'a', '--region', 'eu'], 1, 'rolescope: --username has no effect without --auth service'],
  ])('answers %j with status %i', async (args, status, text) => {
    const { code, output } = await run(args);
    expect(output).toContain(text);
    expect(code).toBe(status);
  });

  it('serves no metrics with --metrics=false', async () => {
    const server = start(['serve', '--sandbox', '--metrics=false']);
    try {
      const [, url] = await server.waitFor(/serves the graph at (\S+)/);
      const answer = await fetch((url as string).replace('/graphql', '/metrics'));
      await answer.text();
      expect(answer.status).toBe(404);
    } finally {
      await server.stop();
    }
  });

  it('prints the address of the console first, with GraphiQL beside it', async () => {
    // It is there after a build alone; one that is there already stays.
    expect((await runToEnd(process.execPath, ['console/build.mjs'], { cwd: root })).code).toBe(0);
    const server = start(['serve', '--sandbox', '--port', '0']);
    try {
      const [, url = ''] = await server.waitFor(/serves the graph at (\S+)/);
      const said = `The console is at ${url.replace('/graphql', '/')}, GraphiQL at ${url}\n`;
      expect(server.output()).toContain(`${said}Rolescope serves the graph at ${url}\n`);
    } finally {
      await server.stop();
    }
  });

  it('runs the sandbox alone on the port that --port names', async () => {
    const server = start(['sandbox', '--port', '0', '--subjects', '5']);
    try {
      const [, url] = await server.waitFor(/made-up data at (\S+),/);
      const [, token] = await server.waitFor(/good for a day: (\S+)/);
      const answer = await fetch(`${url}/v2/role-assignments`, { headers: { authorization: `Bearer ${token}` } });
      expect(await answer.json()).toMatchObject({ totalSize: '5' });
    } finally {
      await server.stop();
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

  it.each(['warn', 'silent'])('writes the log line of a change, and no other, at the log level %s', async (level) => {
    const server = start(['serve', '--sandbox', '--log-level', level]);
    try {
      const [, url] = await server.waitFor(/serves the graph at (\S+)/);
      const [, token] = await server.waitFor(/good for a day: (\S+)/);
      for (const query of [
        'mutation { createRole(input: { name: "night-shift", displayName: "x", permissions: [] }) { role { name } } }',
        '{ subjects(first: 0) { nope } }',
      ]) {
        const response = await fetch(url as string, {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
          body: JSON.stringify({ query }),
        });
        await response.text();
      }
      await server.waitFor(/"kind":"createRole"/);
    } finally {
      await server.stop();
    }
    const lines = server
      .output()
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as object);
    expect(lines).toMatchObject([
      { level: 30, msg: 'change', kind: 'createRole', status: 'CHANGED', role: 'night-shift' },
    ]);
  });
});
