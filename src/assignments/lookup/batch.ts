import type { Logger } from '../../platform/logger.ts';
import type { Operation } from '../../model/operation.ts';
import type { SubjectListQuestion, SubjectPageSource } from '../../model/subject-list.ts';
import type { KnownSubjects } from '../../pages/subjects/subjects.ts';
import { ListScan } from './scan.ts';
import { type Found, Lookup } from './lookup.ts';
import { type LookupPlan, planLookups } from './planner.ts';
import type { SubjectKey } from '../../model/subject-list.ts';
import { lookUp, singleLookups } from './single.ts';

export interface LookupBatchOptions {
  readonly source: SubjectPageSource;
  /** What pages that the source has kept tell without a call. */
  readonly known: KnownSubjects;
  readonly operation: Operation;
  readonly logger: Logger;
}

/** Looks up many subjects together. Answers in the order of the keys, which must be distinct; one that fails fails alone. */
type FindSubjects = (keys: readonly SubjectKey[]) => Promise<Found[]>;

/** For one operation. What is asked while it scans the list waits for that, because the pages may answer it. */
export const createFindSubjects = (options: LookupBatchOptions): FindSubjects => {
  const plain = new LookupQueue(options, { includeNestedScopes: false });
  const nested = new LookupQueue(options, { includeNestedScopes: true });
  return async (keys) => {
    const lookups = keys.map((key) => new Lookup(key));
    await Promise.all([
      plain.answer(lookups.filter(({ key }) => !key.includeNestedScopes)),
      nested.answer(lookups.filter(({ key }) => key.includeNestedScopes)),
    ]);
    return lookups.map((lookup) => lookup.result());
  };
};

class LookupQueue {
  readonly #options: LookupBatchOptions;
  readonly #list: SubjectListQuestion;
  #scanning: Promise<void> | undefined;

  constructor(options: LookupBatchOptions, list: SubjectListQuestion) {
    this.#options = options;
    this.#list = list;
  }

  async answer(lookups: readonly Lookup[]): Promise<void> {
    let open = this.#answerKnown(lookups);
    while (this.#scanning !== undefined && open.length > 0) {
      await this.#scanning;
      open = this.#answerKnown(open);
    }
    if (open.length > 0) await this.#read(open, lookups.length - open.length);
  }

  /** Answers what kept pages tell; hands back the rest. */
  #answerKnown(lookups: readonly Lookup[]): readonly Lookup[] {
    const { known: pages, operation } = this.#options;
    for (const lookup of lookups) {
      const told = pages.entriesOf(lookup.key, operation);
      told?.items.forEach((entry) => lookup.offer(entry));
      if (told?.isWhole === true) lookup.answer();
    }
    return stillOpen(lookups);
  }

  /** Scans for as long as that is the cheaper plan, then looks up what is left. */
  async #read(lookups: readonly Lookup[], fromPages: number): Promise<void> {
    const { source, operation, logger } = this.#options;
    let scan = new ListScan(this.#options, this.#list, lookups);
    const first = this.#plan(scan, lookups);
    if (first.way === 'scan') {
      const { scanning, end } = openGate();
      this.#scanning = scanning;
      await scan.step();
      if (scan.hasRefusedToken) scan = new ListScan(this.#options, this.#list, stillOpen(lookups));
      while (stillOpen(lookups).length > 0 && !scan.isBroken && this.#plan(scan, lookups).way === 'scan') {
        await scan.step();
      }
      this.#scanning = undefined;
      end();
    }
    const singles = singleLookups(stillOpen(lookups));
    const { scannedPages, totalSize } = scan.progress();
    const { way: plan, why } = first;
    const told = { lookups: lookups.length, fromPages, plan, why, scannedPages, singles: singles.length, totalSize };
    logger.debug(told, 'planned lookups');
    await Promise.all(singles.map((single) => lookUp(single, source, operation)));
  }

  #plan(scan: ListScan, lookups: readonly Lookup[]): LookupPlan {
    const singles = singleLookups(stillOpen(lookups)).length;
    const { totalSize, walked, scannedPages, scannedSubjects } = scan.progress();
    const callsLeft = this.#options.operation.budget.remaining;
    return planLookups({ totalSize, walked, scannedPages, scannedSubjects, singles, callsLeft });
  }
}

const stillOpen = (lookups: readonly Lookup[]): readonly Lookup[] => lookups.filter(({ isOpen }) => isOpen);

const openGate = (): { scanning: Promise<void>; end: () => void } => {
  let end = () => {};
  const scanning = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { scanning, end };
};
