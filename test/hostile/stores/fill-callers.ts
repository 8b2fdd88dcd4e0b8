import { expect } from 'vitest';
import { GatewayError } from '../../../src/model/errors.ts';
import { createJwtCheck } from '../../../src/http/jwt.ts';
import { createPassthroughIdentify } from '../../../src/http/authentication.ts';
import type { Operation } from '../../../src/model/operation.ts';
import { createPassthroughCredentials } from '../../../src/upstream/credentials/passthrough.ts';
import type { Call } from '../../../src/upstream/call.ts';
import { listRoleAssignments } from '../../../src/upstream/endpoints/role-assignments.ts';
import { OversizedAnswerError, UpstreamError } from '../../../src/upstream/errors.ts';
import { rememberNames } from '../../../src/upstream/rate-limit/remembered-names.ts';
import { createListSources } from '../../../src/upstream/list-sources.ts';
import { createBreaker } from '../../../src/upstream/policies/circuit-breaker.ts';
import { createKindByUuid } from '../../../src/directory/by-uuid.ts';
import { createUpstreamReport } from '../../../src/model/upstream-report.ts';
import { createClosedDomains } from '../../../src/directory/closed-domains.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { createOperation, plainQuestion } from '../../pages/operations.ts';

// Stores with an entry for each credential: anybody can make up any number of these. Each is filled beyond its bound, and has then to have forgotten the first.

const operationOf = (credentialKey: string): Operation => ({
  ...createOperation({ credentialKey }),
  caller: { credentialKey, bearerToken: credentialKey, reference: null },
});
const callOf = (credentialKey: string): Call => {
  const operation = operationOf(credentialKey);
  const { signal, deadlineMs } = operation;
  return { endpoint: listRoleAssignments, path: '/', credentialKey, signal, deadlineMs, operation };
};
const made = (count: number): string[] => Array.from({ length: count }, (_, index) => `made up ${index}`);

/** What a promise or a function fails with. */
const failureOf = async (work: () => unknown): Promise<unknown> => {
  try {
    return void (await work());
  } catch (error) {
    return error;
  }
};

export const fillCallers = (): void => {
  const identify = createPassthroughIdentify();
  const first = identify({ authorization: 'Bearer first' });
  expect(identify({ authorization: 'Bearer first' })).toBe(first);
  for (const token of made(500)) void identify({ authorization: `Bearer ${token.replaceAll(' ', '-')}` });
  const again = identify({ authorization: 'Bearer first' });
  expect(again).not.toBe(first);
  expect(again).toEqual(first);
};

export const fillJwts = async (): Promise<void> => {
  const getKey = () => Promise.reject(new Error('there is none'));
  const keys = { getKey, areAtHand: () => Promise.resolve(true) };
  const check = createJwtCheck({ keys, clock: createManualClock() });
  const checkOf = (token: string) => {
    const claims = check(token);
    claims.catch(() => {});
    return claims;
  };
  const first = checkOf('first');
  expect(await failureOf(() => first)).toMatchObject({ code: 'UNAUTHENTICATED' });
  expect(checkOf('first')).toBe(first);
  for (const token of made(500)) void checkOf(token);
  expect(checkOf('first')).not.toBe(first);
};

export const fillTokens = async (): Promise<void> => {
  const credentials = createPassthroughCredentials(createManualClock());
  const isRefused = async (key: string) => (await failureOf(() => credentials.token(callOf(key)))) !== undefined;
  const refusal = new UpstreamError('UNAUTHENTICATED', 'no');
  credentials.accepted(callOf('taken'), 'taken');
  credentials.refused?.(callOf('first'), refusal);
  expect(credentials.isAccepted('taken')).toBe(true);
  expect(await isRefused('first')).toBe(true);
  for (const key of made(10_000)) {
    credentials.accepted(callOf(`good ${key}`), key);
    credentials.refused?.(callOf(key), refusal);
  }
  expect(credentials.isAccepted('taken')).toBe(false);
  expect(await isRefused('first')).toBe(false);
  expect(await isRefused('made up 9999')).toBe(true);
};

export const fillBreaker = async (): Promise<void> => {
  let sent = 0;
  const breaker = createBreaker(createManualClock());
  const send = breaker.policy(() => {
    sent++;
    return Promise.reject(new UpstreamError('UPSTREAM_UNAVAILABLE', 'silence', { outcome: 'unknown' }));
  });
  const fail = (key: string) => failureOf(() => send(callOf(key)));
  for (let i = 0; i < 11; i++) await fail('first');
  expect(sent).toBe(10);
  for (const key of made(1000)) await fail(key);
  await fail('first');
  expect(sent).toBe(1011);
  expect(breaker.state).toBe('closed');
};

export const fillPageSizes = async (): Promise<void> => {
  const asked: unknown[] = [];
  const list = createListSources({
    clock: createManualClock(),
    call: (_endpoint, input: unknown) => {
      if (typeof input === 'object' && input !== null && 'pageSize' in input) asked.push(input.pageSize);
      return Promise.reject(new OversizedAnswerError(1, {}));
    },
  })(listRoleAssignments);
  const firstAsked = async (key: string) => {
    asked.length = 0;
    await failureOf(() => list.fetchPage({ question: plainQuestion, pageSize: 1000 }, operationOf(key)));
    return asked[0];
  };
  expect(await firstAsked('first')).toBe(1000);
  expect(await firstAsked('first')).toBe(1);
  for (const key of made(1000)) await firstAsked(key);
  expect(await firstAsked('first')).toBe(1000);
};

export const fillClosedDomains = (): void => {
  const domains = createClosedDomains(createManualClock());
  const close = (key: string) => {
    const error = new GatewayError('FORBIDDEN', 'no', { upstreamStatus: 403 });
    domains.judge(key, 'users', { error, asked: 'everything', report: createUpstreamReport() });
  };
  close('first');
  const closedTo = (key: string) => domains.closedTo(key, 'users', createUpstreamReport());
  expect(closedTo('first')).toBe('FORBIDDEN');
  for (const key of made(10_000)) close(key);
  expect(closedTo('first')).toBeUndefined();
  expect(closedTo('made up 9999')).toBe('FORBIDDEN');
};

/** Who has asked for one thing by itself reads the whole list next: chances are that it goes on. Unless that it has asked is forgotten. */
export const fillLookupCounts = async (): Promise<void> => {
  const clock = createManualClock();
  const asked: string[] = [];
  const find = createKindByUuid<{ readonly uuid: string }>({
    domain: 'users',
    closed: createClosedDomains(clock),
    clock,
    ttlMs: 60_000,
    isThere: true,
    maxBatch: 100,
    fetch(uuids) {
      asked.push('one');
      return Promise.resolve({ values: uuids.map((uuid) => ({ uuid })), atMs: clock.nowMs() });
    },
    keyOf: ({ uuid }) => uuid,
    listed: () => undefined,
    kept: {
      of: () => undefined,
      find: () => Promise.resolve(new Map()),
      beginReading: () => () => {},
      beginSharing: () => undefined,
    },
    readAll() {
      asked.push('all');
      return Promise.resolve([]);
    },
    readOn: () => Promise.resolve(),
    isFirstPageKept: () => false,
    costOfAll: () => 4,
  });
  const lookUp = async (credentialKey: string) =>
    find(operationOf(credentialKey)).one('00000000-0000-4000-8000-000000000001');
  const askedBy = async (credentialKey: string): Promise<string | undefined> => {
    await lookUp(credentialKey);
    return asked.at(-1);
  };
  expect(await askedBy('first')).toBe('one');
  expect(await askedBy('first')).toBe('all');
  await Promise.all(made(10_000).map(lookUp));
  expect(await askedBy('made up 9999')).toBe('all');
  expect(await askedBy('first')).toBe('one');
};

export const fillSharedNames = (): void => {
  const derived: string[] = [];
  const namesOf = rememberNames((credentialKey) => ({ number: derived.push(credentialKey) }));
  expect(namesOf('first')).toBe(namesOf('first'));
  for (const credentialKey of made(1000)) namesOf(credentialKey);
  expect(derived).toHaveLength(1001);
  namesOf('made up 999');
  expect(derived).toHaveLength(1001);
  namesOf('first');
  expect(derived.at(-1)).toBe('first');
};
