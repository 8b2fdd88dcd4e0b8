import type { Told } from './record-questions.ts';
import type { Session } from './subscribers.ts';

/** What is wrong with what a stream has told, of all changes in the order of the record. Undefined: nothing. */
export const problemOf = (
  { roleName, openedAtMs, told, isStaying, failure }: Session,
  order: readonly Told[],
): string | undefined => {
  const who = `a subscriber of ${roleName ?? 'every role'}`;
  if (failure !== undefined) return `${who} was ended: ${failure}`;
  const wanted = order.filter((change) => roleName === undefined || change.roleName === roleName);
  const from = isStaying ? 0 : wanted.findIndex(({ key }) => key === told[0]?.key);
  if (told.length === 0 && !isStaying) return undefined;
  const expected = wanted.slice(Math.max(0, from), isStaying ? undefined : from + told.length);
  const at = Array.from({ length: Math.max(told.length, expected.length) }).findIndex(
    (_, index) => told[index]?.key !== expected[index]?.key,
  );
  if (at >= 0)
    return `${who} was told ${told[at]?.key ?? 'nothing'} in place of ${expected[at]?.key ?? 'nothing'}, as number ${at + 1}`;
  // What a census has shown that began after it was let in, it must have been told.
  const missed = wanted.slice(0, Math.max(0, from)).find(({ seenAtMs }) => seenAtMs > openedAtMs);
  return missed && `${who} was not told ${missed.key}, which was seen after it came`;
};
