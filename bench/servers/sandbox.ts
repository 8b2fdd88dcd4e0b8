import { createSandbox } from '../../src/sandbox/sandbox.ts';

/** The sandbox without limits, in a process of its own. Tells over IPC where it is, and on request how many calls it saw. */
const sandbox = await createSandbox({ subjects: Number(process.argv[2]), rateLimit: false });

process.on('message', (wish) => {
  if (wish === 'calls') process.send?.({ calls: sandbox.transcript().at(-1)?.number ?? 0 });
});
process.on('disconnect', () => process.exit());
process.send?.({ url: sandbox.url, token: sandbox.adminToken });
