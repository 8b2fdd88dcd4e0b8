import { createServer } from 'node:http';
import { connect, type Socket } from 'node:net';
import {
  type CompiledQuery,
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from 'kysely';
import { expect } from 'vitest';
import { createRefusals } from '../../../src/access/census/refusals.ts';
import { watchConnections } from '../../../src/http/connections.ts';
import { GatewayError } from '../../../src/model/errors.ts';
import { createScope } from '../../../src/model/subject.ts';
import { createOperationLabels } from '../../../src/operations/telemetry/operation-labels.ts';
import { createSharedVersions } from '../../../src/pages/redis/versions.ts';
import { createRefusedTokens } from '../../../src/pages/refused-tokens.ts';
import { createSizeEstimates } from '../../../src/pages/size-estimates.ts';
import { silentLogger } from '../../../src/platform/logger.ts';
import { createDictionary } from '../../../src/record/recording/dictionary.ts';
import { connectRedis } from '../../../src/redis/connection.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { createOperation } from '../../pages/operations.ts';
import { steadyRandom } from '../../upstream/harness.ts';

// Stores of what was learnt on the way. Each is filled beyond its bound, and has then to have forgotten the first.

export const fillListSizes = (): void => {
  const list = { groupKey: (question: string) => question, isComplete: () => true };
  const sizes = createSizeEstimates<string>(list, createManualClock());
  sizes.note('first', '', 7);
  expect(sizes.of('first', '')).toBe(7);
  for (let i = 0; i < 4096; i++) sizes.note(`made up ${i}`, '', i);
  expect(sizes.of('first', '')).toBeUndefined();
  expect(sizes.of('made up 4095', '')).toBe(4095);
};

export const fillRefusedPageTokens = (): void => {
  const tokens = createRefusedTokens();
  const passesBy = (list: string) => tokens.bypassOnce(list, createOperation()).bypassCache;
  tokens.note('seen');
  expect(passesBy('seen')).toBe(true);
  for (let i = 0; i <= 1000; i++) tokens.note(`list ${i}`);
  expect(passesBy('list 0')).toBe(false);
  expect(passesBy('list 1000')).toBe(true);
};

export const fillNameCandidates = (): void => {
  const labelOf = createOperationLabels({ onForgotten: () => {} });
  const see = (name: string, times: number) => Array.from({ length: times }, () => labelOf(name, false)).at(-1);
  expect(see('Real', 10)).toBe('Real');
  see('First', 9);
  for (let i = 0; i < 1000; i++) see(`MadeUp${i}`, 1);
  expect(see('First', 1)).toBe('other');
  expect(see('Real', 1)).toBe('Real');
};

export const fillLargeAccounts = (): void => {
  const refusals = createRefusals(createManualClock());
  const tooLarge = new GatewayError('CALL_BUDGET_EXCEEDED', 'The account is too large.');
  const isRefused = (credentialKey: string) => refusals.of(createOperation({ credentialKey })) === tooLarge;
  refusals.note(createOperation({ credentialKey: 'first' }), tooLarge);
  expect(isRefused('first')).toBe(true);
  for (let i = 0; i < 1000; i++) refusals.note(createOperation({ credentialKey: `made up ${i}` }), tooLarge);
  expect(isRefused('first')).toBe(false);
  expect(isRefused('made up 999')).toBe(true);
};

export const fillConnections = async (): Promise<void> => {
  const connections = watchConnections(
    createServer((_request, response) => void response.end('here')),
    {
      maxConnections: 5,
      stallMs: 60_000,
      maxUnreadBytes: 1e9,
      clock: createManualClock(),
    },
  );
  const { port } = await connections.listen(0, '127.0.0.1');
  const open = (): Promise<Socket> =>
    new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(socket));
      socket.on('error', () => {});
    });
  const kept: Socket[] = [];
  for (let i = 0; i < 5; i++) kept.push(await open());
  // Whoever comes too late is connected by the system, and dropped by the gateway.
  for (let i = 0; i < 20; i++) {
    const late = await open();
    await new Promise((resolve) => late.once('close', resolve));
  }
  for (const socket of kept) {
    const answered = new Promise((resolve) => socket.once('data', (chunk) => resolve(String(chunk))));
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    expect(await answered).toContain('200 OK');
    socket.destroy();
  }
  const stopped = connections.stopListening();
  connections.closeAll();
  await stopped;
};

export const fillSharedVersions = (): void => {
  const clock = createManualClock();
  // What is known of versions is known without it.
  const redis = connectRedis({ url: 'redis://127.0.0.1:9', clock, logger: silentLogger });
  const memory = { credentials: () => [], holds: () => false };
  const versions = createSharedVersions({ redis, clock, random: steadyRandom(), onRenewed: () => {}, memory });
  versions.note('first', Buffer.from('seen'));
  expect(versions.of('first')).toBe('seen');
  for (let i = 0; i < 50_000; i++) versions.nameOf(`made up ${i}`);
  expect(versions.of('first')).toBe('');
  redis.close();
};

export const fillRecordedNames = async (): Promise<void> => {
  const asked = new Map<string, number>();
  /** A database that knows everything, and counts how often it is asked for what. */
  const answer = ({ sql, parameters }: CompiledQuery): readonly object[] => {
    if (!/^\s*select/.test(sql)) return [];
    const names = parameters.flat() as (string | Buffer)[];
    return names.map((name, id) => {
      const text = String(name);
      asked.set(text, (asked.get(text) ?? 0) + 1);
      return typeof name === 'string' ? { id, name } : { id, key: name };
    });
  };
  class Driver extends DummyDriver {
    override acquireConnection() {
      return Promise.resolve({
        executeQuery: <Row>(query: CompiledQuery) => Promise.resolve({ rows: answer(query) } as QueryResult<Row>),
        // Nothing here is streamed.
        streamQuery: () => {
          throw new Error('not asked for');
        },
      });
    }
  }
  const dictionary = createDictionary(
    new Kysely({
      dialect: {
        createAdapter: () => new PostgresAdapter(),
        createDriver: () => new Driver(),
        createIntrospector: (db) => new PostgresIntrospector(db),
        createQueryCompiler: () => new PostgresQueryCompiler(),
      },
    }),
  );
  const scopeOf = (uuid: string) => createScope([{ kind: 'CUSTOMER', field: 'customerUuid', uuid }]);
  const timesAsked = async (roleName: string, uuid: string): Promise<readonly number[]> => {
    asked.clear();
    await dictionary.learn([{ roleName, scope: scopeOf(uuid) }]);
    return [...asked.values()];
  };
  expect(await timesAsked('first', 'first')).toEqual([1, 1]);
  expect(await timesAsked('first', 'first')).toEqual([]);
  for (let page = 0; page < 51; page++) {
    const held = Array.from({ length: 1000 }, (_, at) => ({
      roleName: `made up ${page} ${at}`,
      scope: scopeOf(`made up ${page} ${at}`),
    }));
    await dictionary.learn(held);
  }
  expect(await timesAsked('first', 'first')).toEqual([1, 1]);
};
