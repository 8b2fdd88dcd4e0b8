import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/platform/clock.ts';
import { Aborter } from '../../../src/platform/abort.ts';
import type { Call } from '../../../src/upstream/call.ts';
import { listRoleAssignments } from '../../../src/upstream/endpoints/role-assignments.ts';
import { errorOfStatus } from '../../../src/upstream/errors.ts';
import { readAnswers } from '../../../src/upstream/transport/read-answer.ts';

const call: Call = {
  endpoint: listRoleAssignments,
  path: '/',
  credentialKey: 'k',
  signal: new Aborter().signal,
  deadlineMs: Infinity,
};

describe('reading a body whose memory is used again', () => {
  it.each([
    ['at once', 10],
    ['in turns', 20_000],
  ])('has read all of it before it is released: %s', async (_how, count) => {
    const value = { items: Array.from({ length: count }, (_, n) => ({ name: `item ${n}`, text: 'x'.repeat(60) })) };
    const body = Buffer.from(JSON.stringify(value));
    let releases = 0;
    const send = readAnswers<unknown>({
      send: () =>
        Promise.resolve({
          status: 200,
          body,
          requestId: undefined,
          responseId: undefined,
          retryAfter: undefined,
          date: undefined,
          release: () => {
            releases++;
            body.fill('X');
          },
        }),
      read: (parsed) => parsed,
      errorOf: errorOfStatus,
      clock: systemClock,
    });
    expect(await send(call)).toMatchObject({ isPending: false, value });
    expect(releases).toBe(1);
  });
});
