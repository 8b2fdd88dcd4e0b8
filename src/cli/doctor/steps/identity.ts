import { hintForAccess } from '../hints.ts';
import { fine, skipped, type Step, wrong } from '../step.ts';

const roundTrips = 5;
const tolerableSkewMs = 30_000;

/** Whether role assignments can be read, which is all that the graph must have, and how fast. */
export const identitySteps: readonly Step[] = [
  {
    name: 'role assignments may be read',
    after: ['login works'],
    async run(context) {
      await context.readFirstPage();
      return fine('GET /v2/role-assignments');
    },
    hint: hintForAccess,
  },
  {
    name: 'subjects are visible',
    after: ['role assignments may be read'],
    async run(context) {
      const page = await context.readFirstPage();
      const count = page.totalSize ?? page.items.length;
      if (count === 0) {
        return wrong(
          'none',
          'Look at the permission set of the API user: its static groups hold nobody who has a role.',
        );
      }
      return fine(page.totalSize === undefined ? `at least ${count}` : String(count));
    },
    hint: hintForAccess,
  },
  {
    name: 'round trips',
    after: ['role assignments may be read'],
    async run(context) {
      const times: number[] = [];
      for (let i = 0; i < roundTrips; i++) times.push((await context.exchange()).tookMs);
      times.sort((a, b) => a - b);
      const [shortest = 0, median = 0, longest = 0] = [times[0], times[times.length >> 1], times.at(-1)].map((ms) =>
        Math.round(ms ?? 0),
      );
      return fine(`${shortest} ms at best, ${median} ms in the middle, ${longest} ms at worst of ${roundTrips}`);
    },
    hint: hintForAccess,
  },
  {
    name: 'clocks agree',
    after: ['role assignments may be read'],
    async run(context) {
      const { skewMs } = await context.exchange();
      if (skewMs === undefined) return skipped('upstream does not tell its time');
      const text = `${(Math.abs(skewMs) / 1000).toFixed(0)} s apart`;
      return Math.abs(skewMs) <= tolerableSkewMs
        ? fine(text)
        : wrong(
            text,
            'Set the clock of this machine, for example with NTP: tokens would seem to expire too early or too late.',
          );
    },
    hint: hintForAccess,
  },
];
