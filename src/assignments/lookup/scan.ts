import { GatewayError, type ErrorCode, isRefusedToken } from '../../model/errors.ts';
import type { Operation } from '../../model/operation.ts';
import { maxListPageSize } from '../../model/contract.ts';
import type { SubjectListQuestion, SubjectPageSource } from '../../model/subject-list.ts';
import type { Subject } from '../../model/subject.ts';
import type { KnownWalk } from '../../pages/known-pages.ts';
import type { KnownSubjects } from '../../pages/subjects/subjects.ts';
import type { Lookup } from './lookup.ts';
import type { LookupSituation } from './planner.ts';
import { createWalk, type Walk } from '../list/walk.ts';

interface ScanOptions {
  readonly source: SubjectPageSource;
  /** What pages that the source has kept tell without a call. */
  readonly known: KnownSubjects;
  readonly operation: Operation;
}

/** Looks for subjects in the list of all, page by page, from where kept pages end. */
export class ListScan {
  readonly #lookups = new Map<string, Lookup[]>();
  readonly #known: KnownWalk<Subject>;
  readonly #walk: Walk;
  #totalSize: number | undefined;
  #hasReadKnown = false;
  #isBroken = false;
  #hasRefusedToken = false;
  #pages = 0;
  #subjects = 0;

  constructor({ source, known, operation }: ScanOptions, list: SubjectListQuestion, lookups: readonly Lookup[]) {
    for (const lookup of lookups) {
      const { reference } = lookup.key;
      const others = this.#lookups.get(reference);
      if (others === undefined) this.#lookups.set(reference, [lookup]);
      else others.push(lookup);
    }
    this.#known = known.walkOf(list, operation);
    const { nextPageToken: pageToken, itemCount: ordinal } = this.#known;
    this.#walk = createWalk(source, operation, list, { pageToken, ordinal });
    this.#totalSize = this.#known.pages.at(-1)?.totalSize ?? known.likelySize(list, operation);
  }

  /** True: a page could not be had, but what it lists may be had in other ways. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** True: kept pages led to a token that upstream takes no more. They are forgotten by now, so that another scan begins at the start. */
  get hasRefusedToken(): boolean {
    return this.#hasRefusedToken;
  }

  /** How far it came. */
  progress(): Omit<LookupSituation, 'singles' | 'callsLeft'> {
    return {
      totalSize: this.#totalSize,
      walked: this.#known.itemCount + this.#subjects,
      scannedPages: this.#pages,
      scannedSubjects: this.#subjects,
    };
  }

  /** Reads on, by one call at most. At the end of the list all is answered. Never rejects: an error fails what is still open. */
  async step(): Promise<void> {
    if (!this.#hasReadKnown) {
      // The pages before told nothing of some subject that they may list: one of a list that names subjects twice.
      this.#hasReadKnown = true;
      for (const { items } of this.#known.pages) this.#offer(items);
    }
    if (this.#known.isWhole) return this.#open().forEach((lookup) => lookup.answer());
    if (this.#open().length === 0) return;
    try {
      const view = await this.#walk.next(maxListPageSize);
      if (view === undefined) return this.#open().forEach((lookup) => lookup.answer());
      const { items, totalSize, nextPageToken } = view.page;
      this.#pages++;
      this.#subjects += items.length;
      this.#totalSize = totalSize ?? this.#totalSize;
      this.#offer(items);
      if (nextPageToken === undefined) this.#open().forEach((lookup) => lookup.answer());
    } catch (error) {
      this.#hasRefusedToken = this.#pages === 0 && this.#known.pages.length > 0 && isRefusedToken(error);
      this.#isBroken = error instanceof GatewayError && faultsOfOnePage.has(error.code);
      if (!this.#isBroken) this.#open().forEach((lookup) => lookup.fail(error as Error));
    }
  }

  #open(): Lookup[] {
    return [...this.#lookups.values()].flat().filter(({ isOpen }) => isOpen);
  }

  #offer(subjects: readonly Subject[]): void {
    for (const subject of subjects) this.#lookups.get(subject.reference)?.forEach((lookup) => lookup.offer(subject));
  }
}

/** A token that upstream no longer takes, or a page that it cannot make: other questions may still be answered. */
const faultsOfOnePage: ReadonlySet<ErrorCode> = new Set([
  'BAD_USER_INPUT',
  'NOT_FOUND',
  'EXPIRED_CURSOR',
  'UPSTREAM_ERROR',
  'UPSTREAM_INVALID_RESPONSE',
]);
