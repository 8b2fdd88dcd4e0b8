import type { Census } from './census/census.ts';
import { needsDirectory } from './finding-doubts.ts';
import {
  type Finding,
  type FindingKind,
  findingKinds,
  type Severity,
  severities,
  severityOf,
} from './finding-kinds.ts';
import { joinLists } from './finding-lists.ts';
import { findingsInBlocks } from './findings-in-blocks.ts';
import { type KeyedList, listName } from './keyed-list.ts';
import type { ToldFindings } from './told-findings.ts';

export interface FindingsQuestion {
  readonly kinds?: readonly FindingKind[] | undefined;
  /** Only findings at least as severe. */
  readonly minSeverity?: Severity | undefined;
}

/**
 * Lists what looks wrong: the most severe first, then by kind, subject, role and scope. The directory is asked only for kinds that need it (`findTold`). What follows from a
 * census alone is counted with it, and found when it is looked at.
 */
export const listFindings = async (
  census: Census,
  { kinds, minSeverity }: FindingsQuestion,
  findTold: (kinds: ReadonlySet<FindingKind>) => Promise<ToldFindings>,
): Promise<KeyedList<Finding>> => {
  const least = minSeverity === undefined ? severities.length - 1 : severities.indexOf(minSeverity);
  const asked = findingKinds.filter(
    (kind) => (kinds === undefined || kinds.includes(kind)) && severities.indexOf(severityOf(kind, undefined)) <= least,
  );
  const doubtful = new Set(asked.filter((kind) => needsDirectory(new Set([kind]))));
  const told = doubtful.size === 0 ? undefined : await findTold(doubtful);
  const lists = severities
    .slice(0, least + 1)
    .flatMap((severity) =>
      asked.map((kind) => (doubtful.has(kind) ? told?.of(kind, severity) : findingsInBlocks(census, kind, severity))),
    )
    .filter((list) => list !== undefined);
  return joinLists(lists, { name: listName('findings', asked.join(' '), severities[least]), asOfMs: census.asOfMs });
};
