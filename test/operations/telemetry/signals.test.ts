import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createGateway } from '../../../src/index.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { type RunningGateway, runGateway } from '../../support/running-gateway.ts';
import { startCollector } from '../../support/collector.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const it of open.splice(0).reverse()) await it.close();
});
const run = async (options: Parameters<typeof runGateway>[0] = {}): Promise<RunningGateway> => {
  const gateway = await runGateway(options);
  let closed: Promise<void> | undefined;
  const once = { ...gateway, close: () => (closed ??= gateway.close()) };
  open.push(once);
  return once;
};

const read = async (url: string | URL) => {
  const response = await fetch(url);
  return { status: response.status, text: await response.text() };
};

const page = '{ subjects(first: 2) { nodes { reference } } }';

describe('/healthz', () => {
  it('says that the process is alive, whatever upstream is', async () => {
    const gateway = createGateway({ port: 0, upstreamUrl: 'http://127.0.0.1:9' });
    open.push(gateway);
    expect(await read(new URL('/healthz', await gateway.listen()))).toEqual({ status: 200, text: 'alive\n' });
  });
});

describe('/readyz', () => {
  /** An upstream that counts who connects. */
  const countConnections = async () => {
    const server = createServer((_request, response) => response.end());
    let count = 0;
    server.on('connection', () => count++);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    open.push({ close: () => new Promise((resolve) => server.close(() => resolve())) });
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, count: () => count };
  };

  it('says yes where upstream can be reached, and tries that at most once in 10 s', async () => {
    const upstream = await countConnections();
    const clock = createManualClock();
    const gateway = createGateway({ port: 0, upstreamUrl: upstream.url, clock });
    open.push(gateway);
    const url = new URL('/readyz', await gateway.listen());
    for (let i = 0; i < 20; i++) expect(await read(url)).toEqual({ status: 200, text: 'ready\n' });
    expect(upstream.count()).toBe(1);
    clock.advance(9999);
    await read(url);
    expect(upstream.count()).toBe(1);
    clock.advance(1);
    await Promise.all([read(url), read(url), read(url)]);
    expect(upstream.count()).toBe(2);
  });

  it('says no where upstream cannot be reached', async () => {
    const gateway = createGateway({ port: 0, upstreamUrl: 'http://127.0.0.1:9' });
    open.push(gateway);
    expect(await read(new URL('/readyz', await gateway.listen()))).toEqual({
      status: 503,
      text: 'not ready: upstream cannot be reached\n',
    });
  });

  it('says no once the gateway is asked to end', async () => {
    const clock = createManualClock();
    const gateway = await run({ parts: { clock }, sandbox: { faults: [{ form: 'hang' }] } });
    const { hostname, port } = new URL(gateway.url);
    // A connection from before, as a load balancer keeps it.
    const socket = connect(Number(port), hostname);
    const answers = (count: number) =>
      new Promise<string>((resolve) => {
        let text = '';
        socket.on('data', (chunk) => {
          text += chunk.toString();
          if (text.split('HTTP/1.1 ').length > count) resolve(text);
        });
      });
    socket.write('GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n');
    expect(await answers(1)).toContain('200 OK');
    const hanging = gateway.ask<object, object>(page).catch(() => undefined);
    await clock.quiet();
    const drained = gateway.drain();
    socket.write('GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n');
    const text = await answers(1);
    expect(text).toContain('503 Service Unavailable');
    expect(text).toMatch(/connection: close/i);
    await clock.run(drained);
    await hanging;
  });
});

describe('/metrics', () => {
  it('counts operations, upstream calls, waits, kept pages, pending ids and the breaker', async () => {
    const gateway = await run({ sandbox: { subjects: 100 }, settings: { rateLimit: 1000 } });
    for (let i = 0; i < 12; i++) await gateway.ask(`query Named ${page}`);
    await gateway.ask(page);
    await gateway.ask('query Broken { nothing }');
    await gateway.ask(`query Stranger ${page}`, {}, {});
    const { status, text } = await read(`${gateway.url}/metrics`);
    expect(status).toBe(200);
    for (const line of [
      // From the tenth on it is known to come often.
      'rolescope_operations_total{operation="Named",code="OK"} 3',
      'rolescope_operations_total{operation="other",code="OK"} 9',
      'rolescope_operations_total{operation="anonymous",code="OK"} 1',
      'rolescope_operations_total{operation="anonymous",code="BAD_USER_INPUT"} 1',
      'rolescope_operations_total{operation="other",code="UNAUTHENTICATED"} 1',
      'rolescope_operation_duration_seconds_count 14',
      'rolescope_upstream_calls_total{endpoint="roleAssignments.list",outcome="OK"} 1',
      'rolescope_cache_hits_total 12',
      'rolescope_limiter_wait_seconds_count 14',
      'rolescope_limiter_waiting 0',
      'rolescope_pending_ids 0',
      'rolescope_cache_pages 1',
      'rolescope_breaker_state{domain="identity",state="closed"} 1',
      'rolescope_breaker_state{domain="identity",state="open"} 0',
      'rolescope_operations_running 0',
    ]) {
      expect(text.split('\n')).toContain(line);
    }
    expect(Number(/^rolescope_cache_bytes (\d+)/m.exec(text)?.[1])).toBeGreaterThan(100);
  });

  it.each([
    ['bypasses the cache', { cacheTtlMs: 30_000 }, { 'cache-control': 'no-cache' }],
    ['meets a gateway without a cache', { cacheTtlMs: 0 }, undefined],
  ])('counts no page of an operation that %s once it has ended, but what is kept', async (_, settings, headers) => {
    const gateway = await run({ sandbox: { subjects: 100 }, settings });
    const authorization = `Bearer ${gateway.sandbox.adminToken}`;
    for (let asked = 0; asked < 3; asked++) await gateway.ask(page, {}, { authorization, ...headers });
    const { text } = await read(`${gateway.url}/metrics`);
    expect(text).toContain(`rolescope_cache_pages ${settings.cacheTtlMs === 0 ? 0 : 1}\n`);
  });

  it('counts what failed upstream by its code', async () => {
    const gateway = await run({ sandbox: { faults: [{ status: 403 }] } });
    await gateway.ask(page);
    expect((await read(`${gateway.url}/metrics`)).text).toContain(
      'rolescope_upstream_calls_total{endpoint="roleAssignments.list",outcome="FORBIDDEN"} 1',
    );
  });

  const rowsOf = async (gateway: RunningGateway) =>
    ((await read(`${gateway.url}/metrics`)).text.match(/^rolescope_operations_total\{.*/gm) ?? []) as string[];

  it('keeps no row for every name that somebody makes up, and goes on telling those that are real', async () => {
    const gateway = await run();
    for (let i = 0; i < 150; i++) await gateway.ask(`query MadeUp${i} { __typename }`);
    await gateway.ask(`query ${'x'.repeat(200)} { __typename }`);
    for (let i = 0; i < 11; i++) await gateway.ask('query Real { __typename }');
    expect(await rowsOf(gateway)).toEqual([
      'rolescope_operations_total{operation="other",code="OK"} 160',
      'rolescope_operations_total{operation="Real",code="OK"} 2',
    ]);
  });

  it('tells a hundred names at most, those that were seen last', async () => {
    const gateway = await run();
    const often = async (name: string) => {
      for (let i = 0; i < 10; i++) await gateway.ask(`query ${name} { __typename }`);
    };
    await often('Old');
    await often('Real');
    for (let i = 0; i < 99; i++) {
      await often(`Pushed${i}`);
      await gateway.ask('query Real { __typename }');
    }
    const rows = await rowsOf(gateway);
    expect(rows).toHaveLength(101);
    expect(rows).toContain('rolescope_operations_total{operation="Real",code="OK"} 100');
    expect(rows.join('\n')).not.toContain('"Old"');
  });

  it('tells operations of the manifest from the first on', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'rolescope-manifest-'));
    open.push({ close: () => Promise.resolve(rmSync(folder, { recursive: true })) });
    const manifest = join(folder, 'manifest.json');
    writeFileSync(manifest, JSON.stringify({ listed: 'query Listed { __typename }' }));
    const gateway = await run({ settings: { manifest } });
    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ extensions: { persistedQuery: { version: 1, sha256Hash: 'listed' } } }),
    });
    expect(await response.json()).toMatchObject({ data: { __typename: 'Query' } });
    await gateway.ask('query Unlisted { __typename }');
    expect(await rowsOf(gateway)).toEqual([
      'rolescope_operations_total{operation="Listed",code="OK"} 1',
      'rolescope_operations_total{operation="other",code="OK"} 1',
    ]);
  });

  it('does not count two gateways of one process together', async () => {
    const [one, two] = [await run(), await run()];
    await one.ask(page);
    expect((await read(`${one.url}/metrics`)).text).toContain('rolescope_operations_total{');
    expect((await read(`${two.url}/metrics`)).text).not.toContain('rolescope_operations_total{');
  });

  it('loses nothing that was counted before anybody asked, and can be switched off', async () => {
    const gateway = await run();
    for (let i = 0; i < 1100; i++) await gateway.ask('{ __typename }');
    expect((await read(`${gateway.url}/metrics`)).text).toContain('{operation="anonymous",code="OK"} 1100');
    const without = await run({ settings: { metrics: false } });
    expect((await read(`${without.url}/metrics`)).status).toBe(404);
  });
});

describe('/metrics on a port of its own', () => {
  it('is nowhere else, and answers nothing else', async () => {
    const gateway = createGateway({ port: 0, metricsPort: 0, upstreamUrl: 'http://127.0.0.1:9' });
    open.push(gateway);
    expect(gateway.metricsAddress).toBeUndefined();
    const graph = await gateway.listen();
    const address = gateway.metricsAddress ?? '';
    expect(new URL(address).port).not.toBe(new URL(graph).port);
    expect((await read(address)).text).toContain('rolescope_operations_running 0');
    expect((await read(new URL('/metrics', graph))).status).toBe(404);
    for (const path of ['/', '/graphql', '/healthz']) expect((await read(new URL(path, address))).status).toBe(404);
    expect((await fetch(address, { method: 'POST' })).status).toBe(405);
    await gateway.close();
    await expect(fetch(address)).rejects.toThrow();
  });

  it('is beside the graph where none is asked for', async () => {
    const gateway = createGateway({ port: 0, upstreamUrl: 'http://127.0.0.1:9' });
    open.push(gateway);
    const graph = await gateway.listen();
    expect(gateway.metricsAddress).toBe(new URL('/metrics', graph).href);
  });
});

// In CI it is never skipped: nothing must be able to go untested there.
const isPromtoolMissing = spawnSync('promtool', ['--version']).status !== 0 && process.env['CI'] === undefined;

describe.skipIf(isPromtoolMissing)('the numbers (needs promtool)', () => {
  it('are named and typed as Prometheus wants it', async () => {
    const gateway = await run({ sandbox: { subjects: 100 } });
    await gateway.ask(`query Named ${page}`);
    await gateway.ask('query Broken { nothing }');
    const { text } = await read(`${gateway.url}/metrics`);
    expect(text).toContain('# TYPE process_cpu_seconds_total counter');
    expect(text.match(/^# TYPE /gm)?.length).toBeGreaterThan(20);
    const { status, stderr, stdout } = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
    expect(`${stdout}${stderr}`).toBe('');
    expect(status).toBe(0);
  });
});

describe('traces', () => {
  it('follow an operation through lookups and lists to the upstream calls', async () => {
    const collector = await startCollector();
    open.push(collector);
    const gateway = await run({ settings: { otlpEndpoint: collector.url, serviceName: 'of the test' } });
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    await gateway.ask(
      `query Traced { a: subject(reference: "x") { id } b: subject(reference: "y") { id } subjects(first: 1) { nodes { id } } role(name: "admin") { subjects(first: 1) { nodes { id } } } }`,
      {},
      { authorization: `Bearer ${gateway.sandbox.adminToken}`, traceparent: `00-${traceId}-b7ad6b7169203331-01` },
    );
    await gateway.close();
    const spans = collector.spans();
    const named = (name: string) => spans.filter((span) => span.name === name);
    const [operation] = named('operation');
    expect(operation).toMatchObject({ traceId, parentSpanId: 'b7ad6b7169203331' });
    expect(operation?.attributes).toMatchObject({ 'graphql.operation.name': 'Traced' });
    for (const name of ['lookups', 'list', 'walk']) {
      expect(named(name).map(({ parentSpanId }) => parentSpanId)).toEqual([operation?.spanId]);
    }
    expect(named('lookups')[0]?.attributes).toMatchObject({ 'rolescope.lookups': 2 });
    const parents = ['lookups', 'list', 'walk'].map((name) => named(name)[0]?.spanId);
    const calls = named('roleAssignments.list');
    expect(calls.length).toBeGreaterThan(1);
    for (const call of calls) {
      expect(parents).toContain(call.parentSpanId);
      expect(call.attributes).toMatchObject({ 'http.response.status_code': 200 });
    }
    expect(collector.serviceNames()).toEqual(['of the test']);
    expect(collector.text()).not.toContain('subjectReference');
  });

  it('mark what failed', async () => {
    const collector = await startCollector();
    open.push(collector);
    const gateway = await run({ settings: { otlpEndpoint: collector.url }, sandbox: { faults: [{ status: 403 }] } });
    await gateway.ask(page);
    await gateway.close();
    for (const name of ['operation', 'list', 'roleAssignments.list']) {
      expect(collector.spans().find((span) => span.name === name)?.attributes).toMatchObject({
        'rolescope.code': 'FORBIDDEN',
      });
    }
  });

  it('tell upstream nothing of a trace', async () => {
    const seen: (string | string[] | undefined)[] = [];
    const upstream = createServer((request, response) => {
      seen.push(request.headers['traceparent']);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"assignments":[]}');
    });
    await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
    open.push({ close: () => new Promise((resolve) => upstream.close(() => resolve())) });
    const collector = await startCollector();
    open.push(collector);
    const upstreamUrl = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
    const gateway = await run({ settings: { otlpEndpoint: collector.url, upstreamUrl } });
    const answer = await gateway.ask(page);
    expect(answer.errors).toBeUndefined();
    expect(seen).toEqual([undefined]);
  });

  it('keep nobody waiting where the collector is gone', async () => {
    const gateway = await run({ settings: { otlpEndpoint: 'http://127.0.0.1:9' } });
    expect((await gateway.ask(page)).errors).toBeUndefined();
  });
});

describe('logs', () => {
  it('have one line for each operation, with the id that the answer carries', async () => {
    const lines: { level: string; fields: Record<string, unknown>; message: string }[] = [];
    const note = (level: string) => (fields: object, message: string) =>
      lines.push({ level, fields: { ...fields }, message });
    const logger = { debug: note('debug'), info: note('info'), warn: note('warn'), error: note('error') };
    const gateway = await run({ parts: { logger } });
    const token = { authorization: `Bearer ${gateway.sandbox.adminToken}` };
    await gateway.ask(`query Fine ${page}`, {}, { ...token, 'x-request-id': 'mine' });
    await gateway.ask(`query Refused ${page}`, {}, {});
    await gateway.ask('{ no such thing', {}, { ...token, 'x-request-id': 'unreadable' });
    const [fine, refused, unreadable] = lines.filter(({ message }) => message.startsWith('an operation was answered'));
    expect(fine).toMatchObject({ level: 'debug', fields: { operation: 'Fine', codes: [], calls: 1 } });
    expect(fine?.fields['operationId']).toMatch(/^mine\//);
    expect(unreadable).toMatchObject({
      level: 'info',
      fields: { operationId: 'unreadable', codes: ['BAD_USER_INPUT'] },
    });
    expect(refused).toMatchObject({ level: 'info', fields: { operation: 'Refused', codes: ['UNAUTHENTICATED'] } });
  });
});
