import { describe, expect, it } from 'vitest';
import { createManualClock } from '../support/manual-clock.ts';
import { list, openSandbox, post, tokenOf, type Reply } from './client.ts';
import { readDescription } from './description.ts';
import { violations, type Schema } from './json-schema.ts';

const identity = readDescription('identity');
const description = identity.document;
const { follow } = identity;
const breaches = (operation: Schema, answer: Reply): string[] => identity.breaches(operation, answer);
const listing = identity.operation('get', '/v2/role-assignments');
const token = identity.operation('post', '/oauth/token');

describe('the description of the wire', () => {
  it('knows the sandbox: every page of every kind of question', async () => {
    const sandbox = await openSandbox({ subjects: 120, pageShape: { seed: 1 } });
    const customer = { token: await tokenOf(sandbox, 'customer') };
    const answers = [
      await list(sandbox),
      await list(sandbox, { pageSize: 1000, includeNestedScopes: true }),
      await list(sandbox, { pageSize: 9, orderBy: 'subjectType desc' }),
      await list(sandbox, { subjectReference: 'nobody' }),
      await list(sandbox, {}, customer),
    ];
    sandbox.control.configure({ totalSize: 'number' });
    answers.push(await list(sandbox));
    sandbox.control.configure({ totalSize: 'omitted' });
    answers.push(await list(sandbox));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(answers.flatMap((answer) => breaches(listing, answer))).toEqual([]);
  });

  it('knows the sandbox: every refusal', async () => {
    const clock = createManualClock();
    const sandbox = await openSandbox({
      subjects: 20,
      clock,
      rateLimit: 9,
      retryAfterSeconds: 1,
      fairUse: { burst: 1, backlog: 1 },
    });
    const bearer = { token: await tokenOf(sandbox, 'no-integrations') };
    const answers = [
      await list(sandbox, { pageSize: -1 }),
      await list(sandbox, {}, { token: 'x' }),
      await list(sandbox, {}, bearer),
      await list(sandbox, {}, { headers: { 'response-id': '00000000-0000-4000-8000-000000000000' } }),
      await list(sandbox),
      await list(sandbox),
    ];
    sandbox.control.setFaults([500, 502, 504, 400].map((status) => ({ status, count: 1 })));
    for (let i = 0; i < 6; i++) answers.push(await list(sandbox));
    expect(answers.map(({ status }) => status)).toEqual([400, 401, 403, 404, 202, 503, 500, 502, 504, 400, 503, 429]);
    expect(answers.flatMap((answer) => breaches(listing, answer))).toEqual([]);
  });

  it('knows the token endpoint', async () => {
    const sandbox = await openSandbox({ subjects: 2, pending: { acceptAfterMs: 0 } });
    const form = {
      grant_type: 'password',
      username: 'administrator@sandbox.example',
      password: 'sandbox-administrator',
    };
    const granted = await post(sandbox, form);
    const { refresh_token } = JSON.parse(granted.text) as { refresh_token: string };
    const answers = [
      granted,
      await post(sandbox, { grant_type: 'refresh_token', refresh_token }),
      await post(sandbox, { grant_type: 'refresh_token', refresh_token }),
      await post(sandbox, { ...form, password: 'x' }),
      await post(sandbox, form, { 'content-type': 'text/plain' }),
    ];
    sandbox.control.setFaults([
      { takesMs: 5000, count: 1 },
      ...[403, 404, 429, 500, 502, 503, 504].map((status) => ({ status, count: 1 })),
    ]);
    for (let i = 0; i < 8; i++) answers.push(await post(sandbox, form));
    expect(answers.map(({ status }) => status)).toEqual([
      200, 200, 400, 401, 415, 202, 403, 404, 429, 500, 502, 503, 504,
    ]);
    expect(answers.flatMap((answer) => breaches(token, answer))).toEqual([]);
  });

  it.each([
    [{ assignments: {} }, '$.assignments: is not "array"'],
    [
      { assignments: [{ roles: [{ scopes: [{ siteUuid: 5 }] }] }] },
      '$.assignments[0].roles[0].scopes[0].siteUuid: is not "string"',
    ],
    [{ nextPageToken: 'x'.repeat(129) }, '$.nextPageToken: is too long'],
    [{ totalSize: '-1' }, '$.totalSize: is not like ^[0-9]+$'],
    [{ totalSize: 1.5 }, '$.totalSize: is not ["string","integer"]'],
    [[], '$: is not "object"'],
  ])('does not take everything: %j', (value, problem) => {
    const schema = { $ref: '#/components/schemas/ListRoleAssignmentsResponse' };
    expect(violations(value, schema, description)).toContain(problem);
  });

  it('notices an answer that breaks it', async () => {
    const sandbox = await openSandbox({ subjects: 2, faults: [{ form: 'html' }, { headers: { 'request-id': '' } }] });
    expect(breaches(listing, await list(sandbox))).toEqual(['the content type is not described']);
    sandbox.control.setFaults([{ headers: { 'request-id': '' } }]);
    expect(breaches(listing, await list(sandbox))).toEqual(['there is no request-id']);
    sandbox.control.setFaults([{ status: 418 }]);
    expect(breaches(listing, await list(sandbox))).toEqual(['status 418 is not described']);
  });

  it('describes requests as the sandbox reads them', () => {
    const request = { $ref: '#/components/schemas/TokenRequest' };
    expect(violations({ grant_type: 'password', username: 'a', password: 'b' }, request, description)).toEqual([]);
    expect(violations({ grant_type: 'refresh_token', refresh_token: 'a' }, request, description)).toEqual([]);
    expect(violations({ grant_type: 'password', refresh_token: 'a' }, request, description)).not.toEqual([]);
    const parameters = listing['parameters'] as Schema[];
    const names = parameters.map((parameter) => follow(parameter)['name']);
    expect(names).toEqual([
      'includeNestedScopes',
      'subjectReference',
      'subjectType',
      'pageSize',
      'pageToken',
      'orderBy',
      'response-id',
    ]);
  });
});
