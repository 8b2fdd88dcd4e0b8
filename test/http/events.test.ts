import { connect, type Socket } from 'node:net';
import { GraphQLInt, GraphQLNonNull, GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql';
import { createClient } from 'graphql-sse';
import { afterEach, describe, expect, it } from 'vitest';
import { createHttpServer } from '../../src/http/server.ts';
import { createGraphqlListener } from '../../src/http/graphql.ts';
import { GatewayError } from '../../src/model/errors.ts';
import type { Caller } from '../../src/model/operation.ts';
import { createOperations, type OperationRecord } from '../../src/operations/operations.ts';
import { createPipeline } from '../../src/operations/pipeline.ts';
import { createSubscriptions } from '../../src/operations/subscriptions.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { silentLogger } from '../../src/platform/logger.ts';
import { systemRandom } from '../../src/platform/random.ts';
import { createTurns } from '../../src/platform/turns.ts';
import { configOf } from '../../src/settings/read.ts';
import { createManualClock } from '../support/manual-clock.ts';

// Streams of events by themselves, over a schema of the test's own: where the gateway's events come from is another matter.

const open: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

/** A source that the test tells what to say. Every subscriber hears everything. */
const createSource = () => {
  const listeners = new Set<{ readonly told: unknown[]; wake: () => void; isOver: boolean; asked: number }>();
  return {
    get listeners() {
      return listeners.size;
    },
    /** How many events were taken by the one that took fewest. */
    get taken() {
      return Math.min(...[...listeners].map(({ asked }) => asked));
    },
    tell(...events: unknown[]) {
      for (const listener of listeners) {
        listener.told.push(...events);
        listener.wake();
      }
    },
    end() {
      for (const listener of listeners) {
        listener.isOver = true;
        listener.wake();
      }
    },
    subscribe(): AsyncIterableIterator<unknown> {
      const listener = { told: [] as unknown[], wake: () => {}, isOver: false, asked: 0 };
      listeners.add(listener);
      return {
        async next() {
          while (listener.told.length === 0 && !listener.isOver) {
            await new Promise<void>((resolve) => (listener.wake = resolve));
          }
          listener.asked++;
          if (listener.told.length === 0) return { done: true, value: undefined };
          return { done: false, value: listener.told.shift() };
        },
        return() {
          listeners.delete(listener);
          return Promise.resolve({ done: true, value: undefined });
        },
        [Symbol.asyncIterator]() {
          return this;
        },
      };
    },
  };
};

interface SetUpOptions {
  readonly maxInAll?: number;
  readonly maxAnswerBytes?: number;
  readonly identify?: (token: string | undefined) => Caller | undefined;
}

const alice: Caller = { credentialKey: 'alice', reference: null };

const setUp = async ({ maxInAll, maxAnswerBytes, identify = () => alice }: SetUpOptions = {}) => {
  const source = createSource();
  const clock = createManualClock();
  const parts = { clock, random: systemRandom, turns: createTurns() };
  const records: OperationRecord[] = [];
  const ends: string[] = [];
  const event = new GraphQLObjectType<{ readonly number: number; readonly text?: string }>({
    name: 'Event',
    fields: {
      number: { type: new GraphQLNonNull(GraphQLInt), resolve: ({ number }) => number },
      text: { type: GraphQLString, resolve: ({ text }) => text },
      failing: {
        type: GraphQLString,
        resolve: () => {
          throw new GatewayError('UPSTREAM_UNAVAILABLE', 'Upstream is away.');
        },
      },
    },
  });
  const schema = new GraphQLSchema({
    query: new GraphQLObjectType({ name: 'Query', fields: { hello: { type: GraphQLString, resolve: () => 'world' } } }),
    subscription: new GraphQLObjectType({
      name: 'Subscription',
      fields: {
        events: {
          type: new GraphQLNonNull(event),
          resolve: (value: unknown) => value,
          subscribe: () => source.subscribe(),
        },
        refused: {
          type: GraphQLString,
          subscribe: () => {
            throw new GatewayError('NOT_FOUND', 'Nothing is recorded.');
          },
        },
      },
    }),
  });
  const operations = createOperations({
    ...configOf({}),
    ...parts,
    observers: [{ done: (record) => records.push(record) }],
  });
  const subscriptions = createSubscriptions({
    clock,
    ...(maxInAll !== undefined && { maxInAll }),
    onEnd: (how) => ends.push(how),
  });
  const pipeline = createPipeline({
    schema,
    contextFor: (operation) => ({ operation }) as never,
    identify: ({ authorization }) => identify(authorization),
    operations,
    subscriptions,
    limits: { ...configOf({}), ...(maxAnswerBytes !== undefined && { maxAnswerBytes }) },
    introspection: true,
    compiles: true,
    cachedAnswersBytes: 100_000,
    alwaysReport: false,
    turns: parts.turns,
    clock,
    logger: silentLogger,
  });
  const server = createHttpServer({
    ...parts,
    clock: systemClock,
    graphql: new Map([['/graphql', createGraphqlListener({ pipeline, operations, endpoint: '/graphql' })]]),
    readiness: () => Promise.resolve(undefined),
    operations,
    subscriptions,
    maxBodyBytes: 100_000,
    corsOrigins: [],
    shutdownTimeoutMs: 5000,
  });
  const url = `${await server.listen(0, '127.0.0.1')}/graphql`;
  open.push(() => server.close());
  const post = (query: string, headers: Record<string, string> = {}) =>
    fetch(url, {
      method: 'POST',
      headers: { accept: 'text/event-stream', 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query }),
    });
  return { url, source, clock, server, subscriptions, pipeline, records, ends, post };
};

/** Reads a stream until it has what is looked for, and gives all that came. */
const readUntil = async (response: Response, isEnough: (text: string) => boolean): Promise<string> => {
  if (response.body === null) return '';
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  while (!isEnough(text)) {
    const { done, value } = await reader.read();
    if (done) break;
    text += decoder.decode(value, { stream: true });
  }
  reader.releaseLock();
  return text;
};

/** What a stream told, without the comments that keep it alive. */
const eventsIn = (text: string): { event: string; data: unknown }[] =>
  text
    .split('\n\n')
    .filter((block) => block.startsWith('event: '))
    .map((block) => {
      const [, event = '', data = ''] = /^event: (.*)\ndata: ?(.*)$/.exec(block) ?? [];
      return { event, data: data === '' ? undefined : JSON.parse(data) };
    });

const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
};

/** A subscriber on a socket of its own, and all that it hears. */
const listenRaw = (url: string, query: string): { readonly socket: Socket; readonly text: Promise<string> } => {
  const body = JSON.stringify({ query });
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  open.push(() => void socket.destroy());
  socket.write(
    `POST /graphql HTTP/1.1\r\nHost: ${hostname}\r\nConnection: close\r\nAccept: text/event-stream\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
  const text = new Promise<string>((resolve) => {
    let heard = '';
    socket.on('data', (chunk: Buffer) => (heard += chunk.toString()));
    socket.once('close', () => resolve(heard.replaceAll(/\r\n[0-9a-f]+\r\n/g, '')));
  });
  return { socket, text };
};

const numbers = 'subscription { events { number } }';

describe('a subscription', () => {
  it.each([
    ['POST', { method: 'POST', body: JSON.stringify({ query: numbers }) }],
    ['GET', {}],
  ])('is answered with an event for each result, and with `complete` at its end: %s', async (_method, init) => {
    const { url, source, ends } = await setUp();
    const address = 'body' in init ? url : `${url}?${new URLSearchParams({ query: numbers })}`;
    const headers = { accept: 'text/event-stream', 'content-type': 'application/json' };
    const response = await fetch(address, { ...init, headers });
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      'x-content-type-options': 'nosniff',
    });
    await until(() => source.listeners === 1);
    source.tell({ number: 1 }, { number: 2 });
    source.end();
    const text = await readUntil(response, () => false);
    expect(eventsIn(text)).toEqual([
      { event: 'next', data: { data: { events: { number: 1 } } } },
      { event: 'next', data: { data: { events: { number: 2 } } } },
      { event: 'complete', data: undefined },
    ]);
    expect(ends).toEqual(['OK']);
  });

  it('is understood by the reference client of the protocol, which ends it by going away', async () => {
    const { url, source, ends, subscriptions } = await setUp();
    const client = createClient({ url, retryAttempts: 0 });
    open.push(() => client.dispose());
    const results = client.iterate({ query: numbers });
    const first = results.next();
    await until(() => source.listeners === 1);
    expect(subscriptions.open).toBe(1);
    source.tell({ number: 7 });
    expect(await first).toEqual({ done: false, value: { data: { events: { number: 7 } } } });
    await results.return?.();
    await until(() => source.listeners === 0);
    expect(subscriptions.open).toBe(0);
    expect(ends).toEqual(['CLIENT']);
  });

  it('is streamed to a client that takes events beside JSON, and refused with 406 to one that does not', async () => {
    const { post, source } = await setUp();
    const both = await post(numbers, {
      accept: 'application/graphql-response+json, multipart/mixed, text/event-stream',
    });
    expect(both.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    await until(() => source.listeners === 1);
    source.end();
    expect(eventsIn(await readUntil(both, () => false))).toEqual([{ event: 'complete', data: undefined }]);
    for (const accept of ['application/json', '*/*', 'text/event-stream;q=0, application/json']) {
      const refused = await post(numbers, { accept });
      expect(refused.status).toBe(406);
      expect(await refused.json()).toMatchObject({
        errors: [
          { message: expect.stringContaining('Accept: text/event-stream'), extensions: { code: 'BAD_USER_INPUT' } },
        ],
      });
    }
  });

  it('tells what keeps it from beginning as an event, because an EventSource tells nothing else', async () => {
    const { post, records, ends } = await setUp({ identify: (token) => (token === 'no' ? undefined : alice) });
    const lastEvents = async (query: string, headers?: Record<string, string>) => {
      const response = await post(query, headers);
      expect(response.status).toBe(200);
      return eventsIn(await readUntil(response, () => false));
    };
    const refusal = (code: string) => [
      { event: 'next', data: { errors: [expect.objectContaining({ extensions: { code } })] } },
      { event: 'complete', data: undefined },
    ];
    expect(await lastEvents('subscription { nothing }')).toEqual(refusal('BAD_USER_INPUT'));
    expect(await lastEvents('subscription { events { number } refused }')).toEqual(refusal('BAD_USER_INPUT'));
    expect(await lastEvents('subscription {')).toEqual(refusal('BAD_USER_INPUT'));
    expect(
      await lastEvents(
        `subscription { events { ${Array.from({ length: 101 }, (_, at) => `b${at}: number`).join(' ')} } }`,
      ),
    ).toEqual(refusal('BAD_USER_INPUT'));
    expect(await lastEvents('subscription { refused }')).toEqual(refusal('NOT_FOUND'));
    expect(await lastEvents(numbers, { authorization: 'no' })).toEqual(refusal('UNAUTHENTICATED'));
    expect(records.map(({ codes }) => codes[0])).toHaveLength(6);
    expect(ends).toEqual(['NOT_FOUND']);
  });

  it('answers a query with one event where nothing else is taken', async () => {
    const { post } = await setUp();
    expect(eventsIn(await readUntil(await post('{ hello }'), () => false))).toEqual([
      { event: 'next', data: { data: { hello: 'world' } } },
      { event: 'complete', data: undefined },
    ]);
    const json = await post('{ hello }', { accept: 'text/event-stream, application/json' });
    expect(await json.json()).toEqual({ data: { hello: 'world' } });
  });

  it('goes on after an event that failed, and bounds each answer', async () => {
    const { post, source, records } = await setUp({ maxAnswerBytes: 200 });
    const response = await post('subscription Watch { events { number text failing } }');
    await until(() => source.listeners === 1);
    source.tell({ number: 1 }, { number: 2, text: 'x'.repeat(300) }, { number: 3 });
    source.end();
    const events = eventsIn(await readUntil(response, () => false));
    expect(events.map(({ data }) => data)).toEqual([
      {
        data: { events: { number: 1, text: null, failing: null } },
        errors: [expect.objectContaining({ extensions: { code: 'UPSTREAM_UNAVAILABLE' } })],
      },
      { data: null, errors: [expect.objectContaining({ extensions: { code: 'BAD_USER_INPUT' } })] },
      expect.objectContaining({ data: { events: { number: 3, text: null, failing: null } } }),
      undefined,
    ]);
    // It began, and each event was an operation of its own.
    expect(records.map(({ name, path, codes }) => [name, path, codes[0]])).toEqual([
      ['Watch', 'standard', undefined],
      ['Watch', 'standard', 'UPSTREAM_UNAVAILABLE'],
      ['Watch', 'standard', 'BAD_USER_INPUT'],
      ['Watch', 'standard', 'UPSTREAM_UNAVAILABLE'],
    ]);
  });

  it('is kept alive by comments while nothing happens', async () => {
    const { post } = await setUp();
    const response = await post(numbers);
    const text = await readUntil(response, (soFar) => soFar.split(':\n\n').length > 3);
    expect(text).toBe(':\n\n'.repeat(3));
    await response.body?.cancel();
  });

  it('ends when the token does, and tells nothing from then on', async () => {
    let isGood = true;
    const { post, source, clock, ends } = await setUp({
      identify: () => {
        if (isGood) return alice;
        throw new GatewayError('UNAUTHENTICATED', 'The token has expired. Get a new one.');
      },
    });
    const [idle, busy] = [await post(numbers), await post(numbers)];
    await until(() => source.listeners === 2);
    isGood = false;
    source.tell({ number: 1 });
    const refusal = [
      { event: 'next', data: { errors: [expect.objectContaining({ extensions: { code: 'UNAUTHENTICATED' } })] } },
      { event: 'complete', data: undefined },
    ];
    expect(eventsIn(await readUntil(busy, () => false))).toEqual(refusal);
    expect(eventsIn(await readUntil(idle, () => false))).toEqual(refusal);
    isGood = true;
    const another = await post(numbers);
    await until(() => source.listeners === 1);
    isGood = false;
    // Nothing happens; it is looked at all the same.
    clock.advance(10_000);
    expect(eventsIn(await readUntil(another, () => false))).toEqual(refusal);
    expect(ends).toEqual(['UNAUTHENTICATED', 'UNAUTHENTICATED', 'UNAUTHENTICATED']);
  });

  it('goes on where it cannot be found out whether the token is still good', async () => {
    let isKnown = true;
    const { post, source, clock } = await setUp({
      identify: () => {
        if (isKnown) return alice;
        throw new GatewayError('UPSTREAM_UNAVAILABLE', 'The keys cannot be had.');
      },
    });
    const response = await post(numbers);
    await until(() => source.listeners === 1);
    isKnown = false;
    clock.advance(30_000);
    isKnown = true;
    source.tell({ number: 1 });
    source.end();
    expect(eventsIn(await readUntil(response, () => false)).map(({ event }) => event)).toEqual(['next', 'complete']);
  });

  it('is bounded in number, for a caller and in all', async () => {
    const { post, source, subscriptions } = await setUp({
      maxInAll: 4,
      identify: (token) => ({ credentialKey: token ?? '', reference: null }),
    });
    const first = [await post(numbers, { authorization: 'a' }), await post(numbers, { authorization: 'a' })];
    await until(() => source.listeners === 2);
    const answer = async (authorization: string) =>
      eventsIn(await readUntil(await post(numbers, { authorization }), () => false))[0]?.data;
    const tooMany = {
      errors: [expect.objectContaining({ extensions: { code: 'RATE_LIMITED', retryAfterMs: 10_000 } })],
    };
    expect(await answer('a')).toEqual(tooMany);
    const others = [await post(numbers, { authorization: 'b' }), await post(numbers, { authorization: 'c' })];
    await until(() => source.listeners === 4);
    expect(await answer('d')).toEqual(tooMany);
    await first[0]?.body?.cancel();
    await until(() => subscriptions.open === 3);
    others.push(await post(numbers, { authorization: 'd' }));
    await until(() => source.listeners === 4);
    source.end();
    for (const response of [...first.slice(1), ...others]) await readUntil(response, () => false);
    expect(subscriptions.open).toBe(0);
  });

  it('is told that the gateway ends, and does not keep it', async () => {
    const { post, source, server } = await setUp();
    const response = await post(numbers);
    await until(() => source.listeners === 1);
    const ended = server.drain();
    expect(eventsIn(await readUntil(response, () => false))).toEqual([
      {
        event: 'next',
        data: {
          errors: [expect.objectContaining({ extensions: { code: 'UPSTREAM_UNAVAILABLE', retryAfterMs: 1000 } })],
        },
      },
      { event: 'complete', data: undefined },
    ]);
    await ended;
    expect(source.listeners).toBe(0);
  });

  it('asks its source for no more than its client takes', async () => {
    const { url, source } = await setUp();
    const { socket } = listenRaw(url, 'subscription { events { number text } }');
    socket.pause();
    await until(() => source.listeners === 1);
    // Some MB at most lie in buffers of the system: this is 200.
    const text = 'x'.repeat(200_000);
    for (let number = 0; number < 1000; number++) source.tell({ number, text });
    let before = -1;
    let idleTurns = 0;
    await until(() => {
      idleTurns = source.taken === before ? idleTurns + 1 : 0;
      before = source.taken;
      return idleTurns > 2000;
    });
    expect(source.taken).toBeGreaterThan(1);
    expect(source.taken).toBeLessThan(200);
  });

  it('is heard by a thousand', async () => {
    const { url, source, subscriptions } = await setUp();
    const listening = Array.from({ length: 1000 }, () => listenRaw(url, numbers));
    await until(() => source.listeners === 1000);
    expect(subscriptions.open).toBe(1000);
    source.tell({ number: 1 }, { number: 2 });
    source.end();
    const texts = await Promise.all(listening.map(({ text }) => text));
    for (const text of texts) {
      expect(eventsIn(text).map(({ data }) => data)).toEqual([
        { data: { events: { number: 1 } } },
        { data: { events: { number: 2 } } },
        undefined,
      ]);
    }
    expect(subscriptions.open).toBe(0);
  }, 180_000);
});

describe('a process', () => {
  it('gets no stream where it asks for one answer', async () => {
    const { pipeline } = await setUp();
    const { body } = await pipeline.execute({
      parameters: { query: numbers },
      headers: {},
      requestId: '',
      isReadOnly: false,
      way: 'process',
    });
    expect(JSON.parse(Buffer.concat(body).toString())).toMatchObject({
      errors: [{ extensions: { code: 'BAD_USER_INPUT' } }],
    });
  });
});
