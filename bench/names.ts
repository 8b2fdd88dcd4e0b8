import { createGateway, createSandbox } from '../src/index.ts';

// 50 subjects with their names, on a sandbox at ten calls a second: by one call each, as a client without a gateway does, and through the gateway.

interface Listed {
  readonly subjectReference: string;
  readonly subjectType?: string;
}

const sandbox = await createSandbox({ subjects: 2000 });
const headers = { authorization: `Bearer ${sandbox.adminToken}` };
const perSecond = 10;

/** Asks for each name by itself, and waits a second where upstream says that it is too much. */
const byOneCallEach = async (): Promise<number> => {
  const list = await fetch(`${sandbox.url}/v2/role-assignments?pageSize=50`, { headers });
  const { assignments } = (await list.json()) as { assignments: readonly Listed[] };
  let named = 0;
  for (const { subjectReference, subjectType } of assignments) {
    const address =
      subjectType === 'SUBJECT_TYPE_USER'
        ? `${sandbox.urls.users}/v1/users/${subjectReference}`
        : subjectType === 'SUBJECT_TYPE_DEVICE'
          ? `${sandbox.urls.devices}/v1/devices/${subjectReference}`
          : undefined;
    if (address === undefined) continue;
    let response = await fetch(address, { headers });
    while (response.status === 429) {
      await new Promise((resolve) => setTimeout(resolve, 1000));
      response = await fetch(address, { headers });
    }
    if (response.ok) named++;
  }
  return named;
};

const gateway = createGateway({
  port: 0,
  upstreamUrl: sandbox.url,
  usersUrl: sandbox.urls.users,
  devicesUrl: sandbox.urls.devices,
  policiesUrl: sandbox.urls.policies,
  rateLimit: perSecond,
});
const url = await gateway.listen();

const throughTheGateway = async (): Promise<number> => {
  const response = await fetch(url, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ subjects(first: 50) { nodes { displayName resolution } } }' }),
  });
  const { data } = (await response.json()) as { data: { subjects: { nodes: readonly { resolution: string }[] } } };
  return data.subjects.nodes.filter(({ resolution }) => resolution === 'FOUND').length;
};

const measure = async (what: string, work: () => Promise<number>): Promise<void> => {
  sandbox.clearTranscript();
  const startedAtMs = performance.now();
  const named = await work();
  const tookMs = Math.round(performance.now() - startedAtMs);
  const calls = sandbox.transcript();
  const refused = calls.filter(({ status }) => status === 429).length;
  process.stdout.write(`${what}: ${named} names, ${tookMs} ms, ${calls.length} calls, ${refused} of them 429\n`);
  // The next one begins with the whole limit.
  await new Promise((resolve) => setTimeout(resolve, 1100));
};

await measure('one call each', byOneCallEach);
await measure('through the gateway', throughTheGateway);
await measure('the same again', throughTheGateway);
await gateway.close();
await sandbox.close();
