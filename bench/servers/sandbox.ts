import { createSandbox } from '../../src/sandbox/sandbox.ts';

/** The sandbox without limits, in a process of its own. Tells over IPC where it is and who may ask, and on request how many calls it saw. */
const sandbox = await createSandbox({ subjects: Number(process.argv[2]), rateLimit: false });

const [administrator] = sandbox.users;
const logIn = async (): Promise<string> => {
  const response = await fetch(sandbox.tokenUrl, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'password',
      username: administrator?.name ?? '',
      password: administrator?.password ?? '',
    }),
  });
  return ((await response.json()) as { access_token: string }).access_token;
};

process.on('message', (wish) => {
  if (wish === 'calls') process.send?.({ calls: sandbox.transcript().at(-1)?.number ?? 0 });
});
process.on('disconnect', () => process.exit());
const otherTokens = [await logIn(), await logIn(), await logIn()];
process.send?.({ url: sandbox.url, urls: sandbox.urls, token: sandbox.adminToken, otherTokens });
