import { beforeEach, describe, expect, it } from 'vitest';
import { assignmentsKeptIn, assignmentsOver } from '../open-assignments.ts';
import type { ConnectionArgs, SubjectsQuestion } from '../../../src/assignments/assignments.ts';
import { GatewayError } from '../../../src/model/errors.ts';
import { createSubject, type Subject } from '../../../src/model/subject.ts';
import { createSubjectCache } from '../../pages/subject-cache.ts';
import { createOperation } from '../../pages/operations.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { createModelSource, type ModelSource } from '../../support/model-source.ts';

const everything: SubjectsQuestion = { orderBy: [], includeNestedScopes: false };
const people = (count: number): Subject[] =>
  Array.from({ length: count }, (_, index) => createSubject(`person-${index}`, 'SUBJECT_TYPE_USER', []));
const newcomer = createSubject('newcomer', 'SUBJECT_TYPE_USER', []);

let model: ModelSource;
beforeEach(() => {
  model = createModelSource(people(3000));
});
const list = (args: ConnectionArgs) => assignmentsOver(model).forOperation(createOperation()).list(everything, args);
const names = (subjects: readonly Subject[]) => subjects.map(({ reference }) => reference);
const expired = { code: 'EXPIRED_CURSOR', message: expect.stringContaining('Start again') };

describe('a page token that upstream takes no more', () => {
  it.each([
    ['at the end of a page', 49],
    ['in the middle of a later page', 70],
  ])('makes a cursor %s an expired one', async (_, index) => {
    const first = await list({ first: 50 });
    const second = await list({ first: 50, after: first.endCursor() });
    const cursor = index < 50 ? first.cursorAt(index) : second.cursorAt(index - 50);
    model.refusesTokens = true;
    await expect(list({ after: cursor })).rejects.toMatchObject({ ...expired, upstreamStatus: 400 });
  });

  it('makes a cursor before which to read an expired one', async () => {
    const first = await list({ first: 50 });
    const second = await list({ first: 50, after: first.endCursor() });
    model.refusesTokens = true;
    await expect(list({ last: 5, before: second.cursorAt(40) })).rejects.toMatchObject(expired);
  });

  it('does no harm to cursors of the first page', async () => {
    const first = await list({ first: 50 });
    model.refusesTokens = true;
    expect(names((await list({ first: 3, after: first.cursorAt(9) })).items)).toEqual([
      'person-10',
      'person-11',
      'person-12',
    ]);
  });

  it('makes no dead end of the kept pages that lead to it: the list can be started again', async () => {
    const cache = createSubjectCache({ source: model, clock: createManualClock(), ttlMs: Infinity, maxBytes: 2 ** 26 });
    const assignments = assignmentsKeptIn(cache);
    const kept = (args: ConnectionArgs) => assignments.forOperation(createOperation()).list(everything, args);
    await kept({ first: 50 });
    model.refusesTokens = true;
    await expect(kept({ first: 60 })).rejects.toMatchObject(expired);
    // The tokens that upstream gives now are good.
    model.refusesTokens = false;
    model.requests.length = 0;
    expect((await kept({ first: 60 })).items).toHaveLength(60);
    expect(model.requests[0]).not.toHaveProperty('pageToken');
  });

  it.each([
    new GatewayError('FORBIDDEN', 'no', { upstreamStatus: 403 }),
    new GatewayError('UNAUTHENTICATED', 'no', { upstreamStatus: 400 }),
    new GatewayError('UPSTREAM_UNAVAILABLE', 'no', { upstreamStatus: 503 }),
    new GatewayError('BAD_USER_INPUT', 'said by nobody upstream'),
  ])('is not what any other failure is taken for: $code', async (failure) => {
    const cursor = (await list({ first: 50 })).endCursor();
    model.fetchPage = () => Promise.reject(failure);
    await expect(list({ after: cursor })).rejects.toBe(failure);
  });

  it('is not what a refused first page is taken for', async () => {
    const refusal = new GatewayError('BAD_USER_INPUT', 'no', { upstreamStatus: 400 });
    model.fetchPage = () => Promise.reject(refusal);
    await expect(list({})).rejects.toBe(refusal);
  });
});

describe('a list that has changed since', () => {
  it('goes on right behind the item of the cursor where that has moved within its page', async () => {
    const cursor = (await list({ first: 50 })).cursorAt(20);
    model.subjects = [newcomer, ...model.subjects];
    expect(names((await list({ first: 2, after: cursor })).items)).toEqual(['person-21', 'person-22']);
    model.subjects = people(3000).slice(5);
    expect(names((await list({ first: 2, after: cursor })).items)).toEqual(['person-21', 'person-22']);
    expect(names((await list({ last: 2, before: cursor })).items)).toEqual(['person-18', 'person-19']);
  });

  it('has no place for the cursor of an item that is gone', async () => {
    const cursor = (await list({ first: 50 })).cursorAt(20);
    model.subjects = people(3000).filter(({ reference }) => reference !== 'person-20');
    await expect(list({ first: 2, after: cursor })).rejects.toMatchObject(expired);
    await expect(list({ last: 2, before: cursor })).rejects.toMatchObject(expired);
  });

  it('has no place for a cursor beyond its end', async () => {
    const cursor = (await list({ first: 50 })).cursorAt(20);
    model.subjects = people(3);
    await expect(list({ first: 2, after: cursor })).rejects.toMatchObject(expired);
    await expect(list({ first: 50, before: cursor })).rejects.toMatchObject(expired);
    model.subjects = [];
    await expect(list({ first: 50, before: cursor })).rejects.toMatchObject(expired);
    await expect(list({ last: 50, before: cursor })).rejects.toMatchObject(expired);
  });

  it('is walked back to where the item of the cursor is now', async () => {
    let slice = await list({ first: 900 });
    slice = await list({ first: 900, after: slice.endCursor() });
    const cursor = slice.cursorAt(300);
    model.subjects = [newcomer, newcomer, ...model.subjects];
    expect(names((await list({ last: 400, before: cursor })).items)).toEqual(names(people(3000).slice(800, 1200)));
  });
});

describe('a list of one reference', () => {
  it('has no place for a cursor once upstream does not know the reference any more', async () => {
    const assignments = () => assignmentsOver(model).forOperation(createOperation());
    const question = { ...everything, reference: 'person-7' };
    const cursor = (await assignments().list(question, {})).endCursor();
    model.fetchPage = () => Promise.reject(new GatewayError('NOT_FOUND', 'unknown', { upstreamStatus: 404 }));
    for (const args of [
      { after: cursor },
      { before: cursor },
      { last: 5, before: cursor },
      { last: 5, after: cursor },
    ]) {
      await expect(assignments().list(question, args)).rejects.toMatchObject(expired);
    }
    expect((await assignments().list(question, { last: 5 })).items).toEqual([]);
  });
});

describe('upstream that goes round in circles', () => {
  it('ends a list with an error, forwards and backwards', async () => {
    const plain = model.fetchPage.bind(model);
    model.fetchPage = async (request, operation) => {
      const page = await plain(request, operation);
      return request.pageToken === undefined ? page : { ...page, nextPageToken: request.pageToken };
    };
    const first = await list({ first: 50 });
    const circle = { code: 'UPSTREAM_INVALID_RESPONSE' };
    await expect(list({ first: 50, after: first.endCursor() })).rejects.toMatchObject(circle);
    await expect(list({ last: 50 })).rejects.toMatchObject(circle);
    await expect(Promise.resolve((await list({ first: 50 })).hasNextPage())).resolves.toBe(true);
  });
});
