import type { Directory } from '../directory/directory.ts';
import type { Operation } from '../model/operation.ts';
import type { Subject } from '../model/subject.ts';
import type { UpstreamReport } from '../model/upstream-report.ts';
import type { Pages } from '../pages/create-pages.ts';
import type { Kept } from '../pages/memory-store.ts';
import { recordHit } from '../pages/record-hit.ts';
import type { Clock } from '../platform/clock.ts';
import { untilAborted } from '../platform/until-aborted.ts';
import { type TurnTaker, workInTurns } from '../platform/work-in-turns.ts';
import type { Census } from './census/census.ts';
import { findInSubject } from './find-in-subject.ts';
import { type Doubts, readDoubts } from './finding-doubts.ts';
import { type FindingKind, type Severity, severityOf } from './finding-kinds.ts';
import { FindingList, type Findings } from './finding-lists.ts';

/** Findings that the directory tells. */
export interface ToldFindings {
  /** Of one kind and severity, in order. Undefined: there are none. */
  of(kind: FindingKind, severity: Severity): Findings | undefined;
}

/** Finds what the directory tells of a census, for an operation. */
export type FindTold = (census: Census, kinds: ReadonlySet<FindingKind>, below: Below) => Promise<ToldFindings>;

interface Below {
  readonly directory: Pick<Directory, 'membersOf' | 'readMany'>;
  readonly operation: Pick<Operation, 'bypassCache' | 'caller' | 'report' | 'signal'>;
  readonly taker: TurnTaker;
}

interface FindToldOptions {
  /** Absent: nothing is kept. */
  readonly memory: Pages['memory'];
  readonly clock: Clock;
}

/**
 * Looks at every subject of a census, and keeps what it finds with it, kind by kind, for as long as everything is fresh that the operation was told until then. Who pages through findings
 * would look at them all for each page otherwise. Who asks while somebody looks already waits for that.
 */
export const createFindTold = ({ memory, clock }: FindToldOptions): FindTold => {
  const byCensus = new WeakMap<Census, Map<FindingKind, FoundOfKind>>();
  // Settles without a failure when somebody's look at all subjects is over.
  const underWay = new WeakMap<Census, Promise<void>>();

  /** Adds what is kept, and gives the kinds that are not. */
  const addKept = (
    found: Found,
    census: Census,
    kinds: ReadonlySet<FindingKind>,
    report: UpstreamReport,
  ): ReadonlySet<FindingKind> => {
    const known = byCensus.get(census);
    const open = new Set(kinds);
    for (const kind of kinds) {
      const kept = known?.get(kind);
      if (kept === undefined || kept.expiresAtMs <= clock.nowMs()) continue;
      memory?.touch(kept);
      recordHit(report, { atMs: kept.atMs, ttlMs: kept.expiresAtMs - kept.atMs });
      found.set(kind, kept.bySeverity);
      open.delete(kind);
    }
    return open;
  };

  /** Looks at all subjects. What comes of it is kept, unless the operation bypasses what is. */
  const addLooked = async (
    found: Found,
    census: Census,
    kinds: ReadonlySet<FindingKind>,
    { directory, operation: { bypassCache, caller, report }, taker }: Below,
  ): Promise<void> => {
    const doubts = await readDoubts(census, kinds, { directory, taker });
    const lists = await findAll(census, kinds, { doubts, taker });
    const { oldestPageAtMs: atMs = clock.nowMs(), freshUntilMs: expiresAtMs } = report;
    for (const [kind, bySeverity] of lists) {
      found.set(kind, bySeverity);
      if (memory === undefined || caller === undefined || bypassCache || expiresAtMs <= clock.nowMs()) continue;
      let own = byCensus.get(census);
      if (own === undefined) byCensus.set(census, (own = new Map()));
      memory.hold(new FoundOfKind(kind, bySeverity, { atMs, expiresAtMs, own, ...caller }));
    }
  };

  return async (census, kinds, below) => {
    const { bypassCache, report, signal } = below.operation;
    const found: Found = new Map();
    let open = bypassCache ? kinds : addKept(found, census, kinds, report);
    const others = bypassCache ? undefined : underWay.get(census);
    if (open.size > 0 && others !== undefined) {
      // Once: where nothing came of it that could be kept, all who have waited look for themselves.
      await untilAborted(others, signal);
      open = addKept(found, census, open, report);
    }
    if (open.size > 0) {
      const looking = addLooked(found, census, open, below);
      if (!bypassCache && !underWay.has(census)) {
        const end = () => void underWay.delete(census);
        underWay.set(census, looking.then(end, end));
      }
      await looking;
    }
    return { of: (kind, severity) => found.get(kind)?.get(severity)?.over(census.subjects) };
  };
};

type Found = Map<FindingKind, ReadonlyMap<Severity, FindingList>>;

interface FoundParts {
  readonly credentialKey: string;
  readonly atMs: number;
  readonly expiresAtMs: number;
  /** What is kept of the same census. */
  readonly own: Map<FindingKind, FoundOfKind>;
}

/** Findings of one kind, kept. Numbers alone: a census that is gone is not held by them. */
class FoundOfKind implements Kept {
  readonly credentialKey: string;
  readonly bySeverity: ReadonlyMap<Severity, FindingList>;
  readonly sizeBytes: number;
  /** When the oldest of what it follows from was true. */
  readonly atMs: number;
  readonly expiresAtMs: number;
  storeKey: number | undefined;
  readonly #kind: FindingKind;
  readonly #own: Map<FindingKind, FoundOfKind>;

  constructor(
    kind: FindingKind,
    bySeverity: ReadonlyMap<Severity, FindingList>,
    { credentialKey, atMs, expiresAtMs, own }: FoundParts,
  ) {
    this.credentialKey = credentialKey;
    this.bySeverity = bySeverity;
    this.sizeBytes = Array.from(bySeverity.values()).reduce((sum, list) => sum + list.sizeBytes, 500);
    this.atMs = atMs;
    this.expiresAtMs = expiresAtMs;
    this.#kind = kind;
    this.#own = own;
    own.set(kind, this);
  }

  dropped(): void {
    if (this.#own.get(this.#kind) === this) this.#own.delete(this.#kind);
  }
}

/** So many subjects, roles and scopes are looked at before the time is: less than a millisecond. */
const looksBetween = 200;

interface FindAllParts {
  readonly doubts: Doubts;
  readonly taker: TurnTaker;
}

/** Looks through all subjects, which are in order: so is what is found of each kind. */
const findAll = async (
  { subjects }: Census,
  asked: ReadonlySet<FindingKind>,
  { doubts, taker }: FindAllParts,
): Promise<ReadonlyMap<FindingKind, ReadonlyMap<Severity, FindingList>>> => {
  const lists = new Map(Array.from(asked, (kind) => [kind, new Map<Severity, FindingList>()]));
  function* look(): Generator<void> {
    let looks = looksBetween;
    for (let rank = 0; rank < subjects.length; rank++) {
      const subject = subjects[rank] as Subject;
      const inSubject = findInSubject(subject, asked, doubts);
      for (const each of inSubject.found) {
        const severity = severityOf(each.kind, subject.type);
        const bySeverity = lists.get(each.kind) as Map<Severity, FindingList>;
        let list = bySeverity.get(severity);
        if (list === undefined) bySeverity.set(severity, (list = new FindingList(each.kind, severity)));
        list.add(rank, each);
      }
      looks += inSubject.looks;
      if (looks < looksBetween) continue;
      looks = 0;
      yield;
    }
  }
  await workInTurns(look(), taker, () => {});
  return lists;
};
