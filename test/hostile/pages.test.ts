import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MeasuredGateway, startMeasuredGateway } from './measured-gateway.ts';

/** A page of upstream of some megabytes: subjects with many roles at many scopes. */
const largePage = JSON.stringify({
  assignments: Array.from({ length: 1000 }, (_, subject) => ({
    subjectReference: `subject ${subject}`,
    subjectType: 'SUBJECT_TYPE_USER',
    roles: Array.from({ length: 15 }, (__, role) => ({
      roleName: `role ${role}`,
      scopes: Array.from({ length: 10 }, (___, scope) => ({
        customerUuid: `00000000-0000-4000-8000-${String(subject * 150 + role * 10 + scope).padStart(12, '0')}`,
      })),
    })),
  })),
});

/** Of a plain question, or of a turn of 8 ms, whichever is longer. */
const longestStretch = 4;

let gateway: MeasuredGateway;
beforeAll(async () => {
  gateway = await startMeasuredGateway({
    sandbox: { faults: [{ path: '/v2/role-assignments', query: 'pageSize=1000', body: largePage }] },
  });
});
afterAll(() => gateway.close());

describe('a page of upstream that is nearly as large as one may be', () => {
  it('is parsed and read in turns with everything else', async () => {
    expect(largePage.length).toBeGreaterThan(8_000_000);
    expect(largePage.length).toBeLessThan(16_000_000);
    const headers = { authorization: `Bearer ${gateway.token}`, 'cache-control': 'no-cache' };
    const { answer, stretch } = await gateway.stretchOf(
      { headers, body: { query: '{ subjects(first: 1000) { nodes { reference } } }' } },
      longestStretch,
    );
    expect(answer.status).toBe(200);
    process.stdout.write(`a page of ${largePage.length} bytes: ${stretch.toFixed(1)} times a plain question\n`);
    // Version 0.1 stood for more than five seconds, and parsing alone takes more than fifty milliseconds.
    expect(stretch).toBeLessThan(longestStretch);
  });
});
