/**
 * What questions about an account beyond memory take: `npm run bench:record-census -- ADDRESS`. The address is that of a database that `npm run bench:record-walk` or `bench/fill-record.sql` has filled. A gateway in this process, whose own
 * upstream is too large for its census, answers from it; the memory is that of the process, its small sandbox included.
 */
import { createGateway } from '../src/gateway.ts';
import { createSandbox } from '../src/sandbox/sandbox.ts';
import { readUsage } from './processes.ts';

const [record = ''] = process.argv.slice(2);
const sandbox = await createSandbox({ subjects: 3000, rateLimit: false, fairUse: false });
const gateway = createGateway({
  port: 0,
  upstreamUrl: sandbox.url,
  tokenUrl: sandbox.tokenUrl,
  usersUrl: sandbox.urls.users,
  devicesUrl: sandbox.urls.devices,
  policiesUrl: sandbox.urls.policies,
  sandboxToken: sandbox.adminToken,
  maxCensusCalls: 1,
  timeoutMs: 300_000,
  record,
});
const url = await gateway.listen();
const line = (name: string, text: string): boolean => process.stdout.write(`${name.padEnd(44)} ${text}\n`);
const usage = (what: 'memoryBytes' | 'peakMemoryBytes'): number =>
  Math.round((readUsage(process.pid)?.[what] ?? Number.NaN) / 1e6);

/** `customer`: one that somebody holds a role at. */
const questionsAbout = (customer: string): Readonly<Record<string, string>> => ({
  counts: '{ census { asOf subjectCount assignmentCount globalAssignmentCount } }',
  'roles, first page': '{ census { roles { totalCount edges { holderCount node { name } } } } }',
  'scopes, first page': '{ census { scopes { totalCount edges { holderCount node { uuid } } } } }',
  'matrix of 40 by 50': '{ census { matrix { cells everywhere } } }',
  'scopes of a role': '{ role(name: "role 7") { scopes { totalCount nodes { uuid } } } }',
  'named at a customer, first page': `{ scope(by: { customerUuid: "${customer}" }) { access(reasons: [DIRECT]) { totalCount nodes { reference } } } }`,
  'with those who hold a role everywhere': `{ scope(by: { customerUuid: "${customer}" }) { access(reasons: [DIRECT, GLOBAL]) { totalCount nodes { reference } } } }`,
});

const ask = async (query: string): Promise<string> => {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${sandbox.adminToken}` },
    body: JSON.stringify({ query }),
  });
  return response.text();
};
line('idle', `${usage('memoryBytes')} MB`);
const anyScope = await ask('{ census { scopes(first: 1) { nodes { uuid } } } }');
const customer = /"uuid":"([^"]*)"/.exec(anyScope)?.[1] ?? '';
for (const [what, query] of Object.entries(questionsAbout(customer))) {
  const times: string[] = [];
  let text = '';
  // Written differently, so that no kept answer is given.
  for (const name of ['One', 'Two', 'Three']) {
    const began = performance.now();
    text = await ask(`query ${name} ${query}`);
    times.push(`${Math.round(performance.now() - began)} ms`);
  }
  line(what, `${times.join(', ')}; ${usage('memoryBytes')} MB  ${text.includes('"errors"') ? text.slice(0, 300) : ''}`);
}
line('memory at most', `${usage('peakMemoryBytes')} MB`);
await gateway.close();
await sandbox.close();
