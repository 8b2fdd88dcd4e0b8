import type { Directory } from '../directory/directory.ts';
import type { Subject } from '../model/subject.ts';
import { TimedPauses } from '../platform/pause.ts';
import type { Census } from './census/census.ts';
import { sliceMs } from './census/slices.ts';
import { findInSubject } from './find-in-subject.ts';
import { type Doubts, needsDirectory, readDoubts } from './finding-doubts.ts';
import {
  type Finding,
  type FindingKind,
  findingKinds,
  type Severity,
  severities,
  severityOf,
} from './finding-kinds.ts';
import { FindingList, joinLists } from './finding-lists.ts';
import { findingsInBlocks } from './findings-in-blocks.ts';
import { type KeyedList, listName } from './keyed-list.ts';

export interface FindingsQuestion {
  readonly kinds?: readonly FindingKind[] | undefined;
  /** Only findings at least as severe. */
  readonly minSeverity?: Severity | undefined;
}

/**
 * Lists what looks wrong: the most severe first, then by kind, subject, role and scope. The directory is asked only for kinds that need it. What follows from a
 * census alone is counted with it, and found when it is looked at; the rest is looked for in all of it.
 */
export const listFindings = async (
  census: Census,
  { kinds, minSeverity }: FindingsQuestion,
  directory: Directory,
): Promise<KeyedList<Finding>> => {
  const least = minSeverity === undefined ? severities.length - 1 : severities.indexOf(minSeverity);
  const asked = findingKinds.filter(
    (kind) => (kinds === undefined || kinds.includes(kind)) && severities.indexOf(severityOf(kind, undefined)) <= least,
  );
  const doubtful = new Set(asked.filter((kind) => needsDirectory(new Set([kind]))));
  const inDirectory =
    doubtful.size === 0 ? undefined : await findAll(census, doubtful, await readDoubts(census, doubtful, directory));
  const lists = severities
    .slice(0, least + 1)
    .flatMap((severity) =>
      asked.map((kind) =>
        doubtful.has(kind) ? inDirectory?.get(listKey(kind, severity)) : findingsInBlocks(census, kind, severity),
      ),
    )
    .filter((list) => list !== undefined);
  return joinLists(lists, { name: listName('findings', asked.join(' '), severities[least]), asOfMs: census.asOfMs });
};

/** By kind and severity. */
type FindingLists = ReadonlyMap<string, FindingList>;

const listKey = (kind: FindingKind, severity: Severity): string => `${severity} ${kind}`;

/** So many subjects, roles and scopes are looked at before the time is: less than a millisecond. */
const looksBetween = 200;

/** Looks through all subjects, which are in order: so is what is found of each kind. Pauses every few milliseconds. */
const findAll = async (census: Census, asked: ReadonlySet<FindingKind>, doubts: Doubts): Promise<FindingLists> => {
  const lists = new Map<string, FindingList>();
  const pauses = new TimedPauses(sliceMs, looksBetween);
  const { subjects } = census;
  for (let rank = 0; rank < subjects.length; rank++) {
    const subject = subjects[rank] as Subject;
    const { found, looks } = findInSubject(subject, asked, doubts);
    for (const each of found) {
      const severity = severityOf(each.kind, subject.type);
      const key = listKey(each.kind, severity);
      let list = lists.get(key);
      if (list === undefined) lists.set(key, (list = new FindingList(each.kind, severity, subjects)));
      list.add(rank, each);
    }
    if (pauses.isDue(looks)) await pauses.pause();
  }
  return lists;
};
