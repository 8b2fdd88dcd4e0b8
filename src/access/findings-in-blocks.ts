import type { Subject } from '../model/subject.ts';
import type { Census } from './census/census.ts';
import { type FindingStarts, subjectsInBlock } from './census/finding-counts.ts';
import { findInSubject } from './find-in-subject.ts';
import { noDoubts } from './finding-doubts.ts';
import { type Finding, type FindingKind, type Severity, severityOf } from './finding-kinds.ts';
import type { Findings } from './finding-lists.ts';

/** The findings of a kind and severity that follow from a census alone: found when they are looked at, by a look at the subjects of a block. Undefined: there are none. */
export const findingsInBlocks = (census: Census, kind: FindingKind, severity: Severity): Findings | undefined => {
  const starts = census.findings.get(kind, severity);
  if (starts === undefined) return undefined;
  const asked = new Set([kind]);
  // Who looks at one looks at its neighbours next.
  let last: { readonly block: number; readonly found: readonly Finding[] } | undefined;

  const findIn = (block: number): readonly Finding[] => {
    if (last?.block === block) return last.found;
    const first = block * subjectsInBlock;
    const found: Finding[] = [];
    for (const subject of census.subjects.slice(first, first + subjectsInBlock)) {
      if (severityOf(kind, subject.type) !== severity) continue;
      // Not all as arguments of one call: one subject can have hundreds of thousands.
      for (const finding of findOf(subject)) found.push(finding);
    }
    last = { block, found };
    return found;
  };
  const findOf = (subject: Subject): readonly Finding[] =>
    findInSubject(subject, asked, noDoubts).found.map(({ scopedRole, scope }): Finding => ({
      kind,
      severity,
      subject,
      scopedRole,
      scope,
    }));

  return {
    length: starts.at(-1) ?? 0,
    at(index) {
      const block = blockOf(starts, index);
      const finding = findIn(block)[index - (starts[block] as number)];
      if (finding === undefined) throw new RangeError(`there is no finding ${index}`);
      return finding;
    },
  };
};

/** The block that has the finding, by halving. */
const blockOf = (starts: FindingStarts, index: number): number => {
  let [low, high] = [0, starts.length - 1];
  // The last block that begins at or before it.
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if ((starts[middle] as number) <= index) low = middle;
    else high = middle;
  }
  return low;
};
