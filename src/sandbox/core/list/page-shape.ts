import { Prng, mix } from '../prng.ts';
import type { PageStart } from './page-tokens.ts';
import type { Settings } from '../settings.ts';

/** How much of a list one page gives. */
interface PageCut {
  readonly count: number;
  /** Where the next page begins; undefined on the last page. */
  readonly next: PageStart | undefined;
}

/** At most this many steps pass without progress, so that every walk ends. */
const stepsPerProgress = 3;

/** Cuts a page out of a list of `total` entries. The same page is cut the same way every time. */
export const cutPage = (
  { offset, step }: PageStart,
  pageSize: number,
  total: number,
  shape: Settings['pageShape'],
): PageCut => {
  const left = Math.max(0, total - offset);
  const full = Math.min(pageSize, left);
  if (typeof shape === 'string') {
    const next = left > full ? { offset: offset + full, step: step + 1 } : undefined;
    return { count: full, next };
  }
  const prng = new Prng(mix(mix(shape.seed, offset), mix(step, pageSize)));
  const mayIdle = step % stepsPerProgress !== 0;
  const isEmpty = mayIdle && prng.chance(0.25);
  const isShort = prng.chance(0.5);
  const count = isEmpty ? 0 : isShort && full > 0 ? 1 + prng.below(full) : full;
  // A page that reaches the end may still have a successor, which is then empty.
  const goesOn = count < left || (mayIdle && prng.chance(0.5));
  return { count, next: goesOn ? { offset: offset + count, step: step + 1 } : undefined };
};
