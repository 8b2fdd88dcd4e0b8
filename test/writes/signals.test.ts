import { afterEach, expect, it } from 'vitest';
import { startCollector } from '../support/collector.ts';
import { type RunningGateway, runGateway } from '../support/running-gateway.ts';
import { alice, worldOf } from './world.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const it of open.splice(0).reverse()) await it.close();
});

const run = async (options: Parameters<typeof runGateway>[0]): Promise<RunningGateway> => {
  const gateway = await runGateway(options);
  let closed: Promise<void> | undefined;
  const once = { ...gateway, close: () => (closed ??= gateway.close()) };
  open.push(once);
  return once;
};

const change = (kind: 'assign' | 'revoke', roleName: string): string =>
  `mutation { ${kind}Roles(input: { changes: [
    { subject: { reference: "${alice}", type: USER }, roleName: "${roleName}", at: { scopes: [{ customerUuid: "one" }] } }
  ] }) { results { status } } }`;

it('changes are counted by kind and status, and accidents by whether they could be put right', async () => {
  const gateway = await run({ sandbox: { world: worldOf({ viewer: ['one'] }) } });
  await gateway.ask(change('assign', 'auditor'));
  await gateway.ask(change('assign', 'auditor'));
  await gateway.ask(change('assign', 'no such role'));
  gateway.sandbox.control.configure({ revokeLastScope: 'global' });
  await gateway.ask(change('revoke', 'auditor'));
  gateway.sandbox.control.configure({ revokeEmptyScopes: 'refused' });
  await gateway.ask(change('revoke', 'viewer'));
  await gateway.ask(
    'mutation { createRole(input: { name: "made", displayName: "x", permissions: [] }) { role { name } } }',
  );
  await gateway.ask('mutation { deleteRole(input: { name: "made", confirmHolders: 0 }) { deletedName } }');
  const text = await (await fetch(`${gateway.url}/metrics`)).text();
  expect(
    text
      .split('\n')
      .filter((line) => /^rolescope_(changes|revocation)/.test(line))
      .toSorted(),
  ).toEqual([
    'rolescope_changes_total{kind="assign",status="CHANGED"} 1',
    'rolescope_changes_total{kind="assign",status="FAILED"} 1',
    'rolescope_changes_total{kind="assign",status="UNCHANGED"} 1',
    'rolescope_changes_total{kind="createRole",status="CHANGED"} 1',
    'rolescope_changes_total{kind="deleteRole",status="CHANGED"} 1',
    'rolescope_changes_total{kind="revoke",status="CHANGED"} 1',
    'rolescope_changes_total{kind="revoke",status="FAILED"} 1',
    'rolescope_revocation_accidents_total{undone="false"} 1',
    'rolescope_revocation_accidents_total{undone="true"} 1',
  ]);
});

it('a change is a span, with what it asks of upstream inside, and no name of anybody', async () => {
  const collector = await startCollector();
  open.push(collector);
  const gateway = await run({
    sandbox: { world: worldOf({}) },
    settings: { otlpEndpoint: collector.url },
  });
  await gateway.ask(change('assign', 'auditor'));
  await gateway.close();
  const spans = collector.spans();
  const [span] = spans.filter(({ name }) => name === 'change assign');
  expect(spans.filter(({ parentSpanId }) => parentSpanId === span?.spanId).map(({ name }) => name)).toEqual([
    'roleAssignments.list',
    'roleAssignments.assign',
    'roleAssignments.list',
  ]);
  expect(collector.text()).not.toContain(alice);
});
