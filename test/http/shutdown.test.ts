import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createSandbox, type Sandbox, type SandboxOptions } from '../../src/index.ts';
import { builtCommand } from '../support/build-command.ts';
import { type Server, startServer } from '../support/processes.ts';

// A real process, ended by a real signal.

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

const start = async (
  sandboxOptions: SandboxOptions,
  environment: Record<string, string> = {},
): Promise<{ server: Server; sandbox: Sandbox; url: string }> => {
  const sandbox = await createSandbox({ subjects: 100, rateLimit: false, fairUse: false, ...sandboxOptions });
  open.push(() => sandbox.close());
  const server = startServer(process.execPath, [builtCommand, 'serve'], {
    env: {
      PATH: process.env['PATH'],
      PORT: '0',
      ROLESCOPE_UPSTREAM_URL: sandbox.url,
      ROLESCOPE_RATE_LIMIT: '100000',
      ROLESCOPE_CACHE_TTL_MS: '0',
      ...environment,
    },
  });
  open.push(() => server.stop());
  const [, url] = await server.waitFor(/serves the graph at (\S+)/);
  return { server, sandbox, url: url as string };
};

interface Outcome {
  readonly status?: number | undefined;
  readonly body?: string;
  readonly connection?: string | undefined;
  /** The system's code where there was no whole answer. */
  readonly failure?: string;
}

const ask = (url: string, sandbox: Sandbox, agent: Agent, query: string): Promise<Outcome> =>
  new Promise((resolve) => {
    const sending = request(
      url,
      {
        agent,
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${sandbox.adminToken}` },
      },
      (response) => {
        let body = '';
        response.on('data', (chunk: Buffer) => (body += chunk.toString()));
        response.on('end', () =>
          resolve({ status: response.statusCode, body, connection: response.headers.connection }),
        );
        response.on('error', (error) => resolve({ failure: `after the headers: ${error.message}` }));
      },
    );
    sending.on('error', (error) => resolve({ failure: (error as NodeJS.ErrnoException).code ?? error.message }));
    sending.end(JSON.stringify({ query }));
  });

describe('SIGTERM', () => {
  it('loses no operation that was accepted, under load', async () => {
    const { server, sandbox, url } = await start({ faults: [{ delayMs: 40 }] });
    const world = await referencesOf(sandbox);
    const agent = new Agent({ keepAlive: true, maxSockets: 50 });
    open.push(() => Promise.resolve(agent.destroy()));
    const outcomes: (Outcome & { first: number })[] = [];
    let isEnding = false;
    let ended: ReturnType<Server['stop']> | undefined;
    const client = async (number: number): Promise<void> => {
      for (let round = 0; ; round++) {
        const first = 1 + ((number * 7 + round) % 90);
        const outcome = await ask(url, sandbox, agent, `{ subjects(first: ${first}) { nodes { reference } } }`);
        outcomes.push({ ...outcome, first });
        // Refused: the gateway takes no more, and never saw it.
        if (outcome.failure !== undefined) return;
        if (outcomes.length > 300 && !isEnding) {
          isEnding = true;
          ended = server.stop();
        }
      }
    };
    await Promise.all(Array.from({ length: 50 }, (_, number) => client(number)));
    const finished = await ended;
    expect(finished?.code).toBe(0);
    const failures = outcomes.map(({ failure }) => failure).filter((failure) => failure !== undefined);
    expect(new Set(failures)).toEqual(new Set(['ECONNREFUSED']));
    expect(failures).toHaveLength(50);
    const answered = outcomes.filter(({ failure }) => failure === undefined);
    expect(answered.length).toBeGreaterThan(300);
    for (const { status, body, first } of answered) {
      expect(status).toBe(200);
      const { data } = JSON.parse(body ?? '') as { data: { subjects: { nodes: { reference: string }[] } } };
      expect(data.subjects.nodes.map(({ reference }) => reference)).toEqual(world.slice(0, first));
    }
  });

  it('answers requests on connections that the system has taken and the gateway has not come to', async () => {
    const { server, sandbox, url } = await start({});
    const { hostname, port } = new URL(url);
    const body = JSON.stringify({ query: '{ subjects(first: 50) { nodes { reference roles { nodes { name } } } } }' });
    const head = `POST /graphql HTTP/1.1\r\nhost: ${hostname}\r\ncontent-type: application/json\r\nauthorization: Bearer ${sandbox.adminToken}\r\ncontent-length: ${body.length}\r\n\r\n`;
    const opened = await Promise.all(
      Array.from({ length: 120 }, async () => {
        const socket = connect(Number(port), hostname);
        await once(socket, 'connect');
        let text = '';
        const ended = new Promise<string>((resolve) => {
          socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
          socket.on('error', (error) => resolve((error as NodeJS.ErrnoException).code ?? error.message));
          socket.on('end', () => resolve(text));
        });
        socket.write(head + body);
        return { ended: ended.finally(() => socket.destroy()) };
      }),
    );
    const finished = server.stop();
    const answers = await Promise.all(opened.map(({ ended }) => ended));
    expect((await finished).code).toBe(0);
    const [first] = answers;
    expect(first).toContain('"reference"');
    expect(new Set(answers.map((answer) => answer.slice(0, 15)))).toEqual(new Set(['HTTP/1.1 200 OK']));
    expect(new Set(answers.map((answer) => answer.slice(answer.indexOf('{'))))).toEqual(
      new Set([(first as string).slice((first as string).indexOf('{'))]),
    );
  });

  it('ends waits with a clear error when its time is over', async () => {
    const { server, sandbox, url } = await start(
      { faults: [{ form: 'hang' }] },
      { ROLESCOPE_SHUTDOWN_TIMEOUT_MS: '300' },
    );
    const agent = new Agent();
    const waiting = ask(url, sandbox, agent, '{ subjects(first: 1) { totalCount } }');
    await sandboxSaw(sandbox);
    const { code } = await server.stop();
    expect(code).toBe(0);
    const { status, body, connection } = await waiting;
    expect(status).toBe(200);
    expect(connection).toBe('close');
    expect(JSON.parse(body ?? '')).toMatchObject({
      data: { subjects: null },
      errors: [
        {
          message: expect.stringContaining('shuts down') as string,
          extensions: { code: 'UPSTREAM_UNAVAILABLE', retryAfterMs: 1000 },
        },
      ],
    });
  });

  it('lets an operation finish that is quick enough', async () => {
    const { server, sandbox, url } = await start({ faults: [{ delayMs: 1500 }] });
    const waiting = ask(url, sandbox, new Agent(), '{ subjects(first: 1) { totalCount } }');
    await sandboxSaw(sandbox);
    const { code } = await server.stop();
    expect(code).toBe(0);
    expect(JSON.parse((await waiting).body ?? '')).toMatchObject({ data: { subjects: { totalCount: 100 } } });
  });

  it('ends at once where nothing runs', async () => {
    const { server } = await start({});
    const before = performance.now();
    expect((await server.stop()).code).toBe(0);
    expect(performance.now() - before).toBeLessThan(5000);
  });
});

/** Waits until a call has arrived upstream. */
const sandboxSaw = async (sandbox: Sandbox): Promise<void> => {
  while (sandbox.transcript().length === 0) await new Promise((resolve) => setImmediate(resolve));
};

/** References of the first page of the world, asked of upstream itself. */
const referencesOf = async ({ url, adminToken }: Sandbox): Promise<string[]> => {
  const response = await fetch(`${url}/v2/role-assignments?pageSize=100`, {
    headers: { authorization: `Bearer ${adminToken}` },
  });
  const { assignments } = (await response.json()) as { assignments: { subjectReference: string }[] };
  return assignments.map(({ subjectReference }) => subjectReference);
};
