import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { Aborter } from '../../../src/platform/abort.ts';
import type { Call } from '../../../src/upstream/call.ts';
import { listRoleAssignments } from '../../../src/upstream/endpoints/role-assignments.ts';
import { passwordGrant } from '../../../src/upstream/endpoints/tokens.ts';
import { createUndiciSend, type UndiciSend } from '../../../src/upstream/transport/undici.ts';
import { createDice } from '../../operations/executor/random-values.ts';
import { poisonReleases } from '../../support/poisoned-releases.ts';
import { refusalOf } from '../harness.ts';

let server: Server;
let wire: UndiciSend;
const seen: IncomingMessage[] = [];
const controller = { current: new Aborter() };

afterEach(async () => {
  await wire.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const start = async (answer: RequestListener, maxBodyBytes = 10_000, prefix = ''): Promise<void> => {
  seen.length = 0;
  controller.current = new Aborter();
  server = createServer((request, response) => {
    seen.push(request);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  wire = createUndiciSend({ baseUrl: `http://127.0.0.1:${port}${prefix}`, maxBodyBytes, maxConnections: 4 });
};

const call = (more: Partial<Call> = {}): Call => ({
  endpoint: listRoleAssignments,
  path: '/page?a=1',
  credentialKey: 'k',
  signal: controller.current.signal,
  deadlineMs: 0,
  ...more,
});

const json = '{"name":"…🙂…"}';

describe('sending', () => {
  it('sends what the call says and nothing that it does not', async () => {
    await start((_request, response) => response.end(json), 10_000, '/prefix/');
    await wire.send(call({ authorization: 'Bearer t', responseId: 'id-1' }));
    await wire.send(
      call({
        endpoint: passwordGrant,
        path: '/oauth/token',
        body: { type: 'application/x-www-form-urlencoded', text: 'a=b' },
      }),
    );
    const [get, post] = seen;
    expect(get?.url).toBe('/prefix/page?a=1');
    const { host: _host, ...headers } = get?.headers ?? {};
    expect(headers).toEqual({
      accept: 'application/json',
      'accept-encoding': 'gzip',
      authorization: 'Bearer t',
      'response-id': 'id-1',
      'user-agent': 'rolescope',
      connection: 'keep-alive',
    });
    expect(post?.method).toBe('POST');
    expect(post?.headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect(post?.headers.authorization).toBeUndefined();
  });

  it('keeps connections for the next calls', async () => {
    await start((_request, response) => response.end(json));
    for (let i = 0; i < 20; i++) await wire.send(call());
    // Two, because a call that follows at once finds the first one still finishing.
    expect(new Set(seen.map(({ socket }) => socket)).size).toBeLessThanOrEqual(2);
  });

  it('puts a body together that comes in pieces', async () => {
    await start((_request, response) => {
      const bytes = Buffer.from(json);
      response.write(bytes.subarray(0, 11));
      setImmediate(() => response.end(bytes.subarray(11)));
    });
    expect((await wire.send(call())).body.toString()).toBe(json);
  });

  it('puts a large body together, which nobody writes over before it is released', async () => {
    const textOf = (letter: string): string => `"${letter.repeat(300_000)}"`;
    await start((request, response) => response.end(textOf(request.url?.at(-1) as string)), 1_000_000);
    const [a, b] = await Promise.all([wire.send(call({ path: '/a' })), wire.send(call({ path: '/b' }))]);
    a.release?.();
    const c = await wire.send(call({ path: '/c' }));
    expect(c.body.buffer).toBe(a.body.buffer);
    expect([b, c].map(({ body }) => body.toString())).toEqual(['b', 'c'].map(textOf));
    b.release?.();
    c.release?.();
  });

  it('unpacks what is large and packed, and needs the packed body no more', async () => {
    // Chance does not pack.
    const dice = createDice(1);
    const text = Buffer.from(Array.from({ length: 300_000 }, () => dice(256)));
    await start((_request, response) => response.setHeader('content-encoding', 'gzip').end(gzipSync(text)), 1_000_000);
    const poisoned = poisonReleases();
    const { body, release } = await wire.send(call());
    expect(body.equals(text)).toBe(true);
    expect(release).toBeUndefined();
    expect(poisoned.end()).toBe(1);
  });

  it('unpacks gzip', async () => {
    await start((_request, response) => response.setHeader('content-encoding', 'gzip').end(gzipSync(json)));
    expect((await wire.send(call())).body.toString()).toBe(json);
  });

  it.each([
    ['a gzip bomb', 'gzip', gzipSync(Buffer.alloc(1_000_000))],
    ['gzip that is cut short', 'gzip', gzipSync(json).subarray(0, 20)],
    ['a packing that was not asked for', 'br', Buffer.from('xx')],
    ['a large body', 'identity', Buffer.alloc(10_001)],
  ])('refuses %s', async (_name, encoding, body) => {
    await start((_request, response) =>
      response.setHeader('content-encoding', encoding).setHeader('request-id', 'r-1').end(body),
    );
    expect(await refusalOf(wire.send(call()))).toMatchObject({
      code: 'UPSTREAM_INVALID_RESPONSE',
      requestId: 'r-1',
      upstreamStatus: 200,
    });
  });

  it('takes a body just within the cap', async () => {
    await start((_request, response) => response.end(Buffer.alloc(10_000)));
    expect((await wire.send(call())).body.length).toBe(10_000);
  });

  it('stops reading as soon as the cap is passed', async () => {
    const gone = new Promise<string>((resolve) => {
      void start((_request, response) => {
        response.write(Buffer.alloc(20_000));
        response.once('close', () => resolve('the connection was ended'));
      }).then(() => refusalOf(wire.send(call())));
    });
    expect(await gone).toBe('the connection was ended');
  });

  it('follows no redirect', async () => {
    await start((_request, response) => response.writeHead(307, { location: '/elsewhere' }).end());
    expect((await wire.send(call())).status).toBe(307);
    expect(seen).toHaveLength(1);
  });

  it('keeps the status of a refusal whose body breaks off', async () => {
    await start((_request, response) => {
      response.writeHead(503, { 'content-length': '100' }).write('half');
      setImmediate(() => response.destroy());
    });
    expect(await wire.send(call())).toMatchObject({ status: 503 });
  });

  it('passes over a 103 that comes before the answer', async () => {
    await start((_request, response) => {
      response.writeEarlyHints({ link: '</x>; rel=preload' });
      response.end(json);
    });
    expect(await wire.send(call())).toMatchObject({ status: 200 });
  });

  it('takes only ids for ids', async () => {
    await start((_request, response) => {
      response.setHeader('request-id', '<script>alert(1)</script>').setHeader('response-id', 'x'.repeat(200)).end(json);
    });
    expect(await wire.send(call())).toMatchObject({ requestId: undefined, responseId: undefined });
  });

  it('says that nobody listens without saying where', async () => {
    await start((_request, response) => response.end());
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    const refusal = await refusalOf(wire.send(call()));
    expect(refusal.code).toBe('UPSTREAM_UNAVAILABLE');
    expect(refusal.message).toContain('ECONNREFUSED');
    expect(`${refusal.message} ${JSON.stringify(refusal)} ${String(refusal.cause)}`).not.toContain('127.0.0.1');
    await start((_request, response) => response.end());
  });

  it('ends with the signal’s reason before headers and within a body', async () => {
    const reason = new Error('enough');
    for (const isWithinBody of [false, true]) {
      await start((_request, response) => {
        if (isWithinBody) response.writeHead(200, { 'content-length': '100' }).write('half');
        setImmediate(() => setImmediate(() => controller.current.abort(reason)));
      });
      await expect(wire.send(call())).rejects.toBe(reason);
      await expect(wire.send(call())).rejects.toBe(reason);
      expect(seen).toHaveLength(1);
      await wire.close();
      server.close();
      server.closeAllConnections();
    }
    await start((_request, response) => response.end());
  });

  it('does not send a call that was aborted while it waited for a connection', async () => {
    const held: (() => void)[] = [];
    let isHolding = true;
    await start((_request, response) => {
      if (isHolding) held.push(() => response.end(json));
      else response.end(json);
    });
    const busy = [1, 2, 3, 4].map(() => wire.send(call()));
    const waiting = new Aborter();
    const queued = wire.send(call({ path: '/queued', signal: waiting.signal }));
    waiting.abort(new Error('left'));
    await expect(queued).rejects.toThrow('left');
    while (held.length < 4) await new Promise((resolve) => setImmediate(resolve));
    isHolding = false;
    for (const end of held) end();
    await Promise.all(busy);
    for (let i = 0; i < 8; i++) await wire.send(call());
    expect(seen.map(({ url }) => url)).not.toContain('/queued');
  });
});
