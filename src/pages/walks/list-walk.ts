import { type CallBudget, createCallBudget } from '../../model/call-budget.ts';
import { GatewayError, isDeadlinePassed, isRefusedToken } from '../../model/errors.ts';
import type { Operation } from '../../model/operation.ts';
import type { Page, PageRequest, PageSource } from '../../model/page.ts';
import { Aborter } from '../../platform/abort.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Random } from '../../platform/random.ts';
import type { RetainingPageStore } from '../page-store.ts';
import { recordAge, recordHit } from '../record-hit.ts';
import type { Versions } from '../versions.ts';
import { largerThanMemory, stillWalking, tooManyCalls } from './walk-errors.ts';
import { WalkStep } from './walk-step.ts';
import { WalkedPages } from './walked-pages.ts';

/** A whole list. */
export interface WalkedList<Item> {
  /** In the list's order. */
  readonly pages: readonly Page<Item>[];
  readonly itemCount: number;
  /** When upstream gave the oldest of the pages, in milliseconds of the gateway's clock. */
  readonly oldestAtMs: number;
  /** Until when it may answer. */
  readonly freshUntilMs: number;
}

/** What walks of one list have in common. */
export interface WalkParts<Question, Item> {
  readonly source: PageSource<Question, Item>;
  readonly store: RetainingPageStore<Question, Item>;
  readonly versions: Pick<Versions, 'of'>;
  readonly clock: Clock;
  readonly random: Random;
  /** The largest page that it pays to ask for. */
  readonly pageSize: number;
  /** Calls that one walk may cost, retries included, and what sets that. */
  readonly maxCalls: { readonly limit: number; readonly setting: string };
  /** Whether a walk goes to its end once it has begun, although nobody waits for it. Default: it stops, and goes on when somebody asks again. */
  readonly goesOn?: boolean;
  /** How long one page may take where nobody waits longer. */
  readonly pageTimeoutMs: number;
  /** How long a whole list may answer after its walk has ended. Its oldest page is older than that by as long as the walk took. */
  readonly ttlMs: number;
  /** How long the last whole list is kept for whoever takes it at any age (`SharedWalks.last`). Default: `ttlMs`. */
  readonly keepMs?: number;
}

interface Waiter<Item> {
  readonly operation: Operation;
  readonly isStarter: boolean;
  readonly resolve: (walked: WalkedList<Item>) => void;
  readonly reject: (error: Error) => void;
}

/**
 * One way through a list, for whoever waits for its end. Page by page: each is an ordinary call of its own, so that whoever else calls waits behind one
 * at most. Its pages are retained until it is told to let go of them. What changes on the way makes it begin anew.
 */
export class ListWalk<Question, Item> {
  readonly question: Question;
  readonly credentialKey: string;
  readonly #parts: WalkParts<Question, Item>;
  readonly #starter: Operation;
  readonly #onStopped: (walk: ListWalk<Question, Item>) => void;
  readonly #waiters = new Set<Waiter<Item>>();
  #version: number;
  #walked: WalkedPages<Question, Item>;
  #whole: WalkedList<Item> | undefined;
  #budget: CallBudget;
  #ended = new Aborter();
  #isRunning = false;
  /** Whether a token that upstream refuses is taken for one that has expired. */
  #mayBeginAnew = true;
  /** How many were told to ask again. */
  #pendingCount = 0;
  /** Grows whenever it begins anew. */
  #beginning = 0;
  #beganMs: number;

  /** `onStopped` is called when nobody works on it any more, whole or not. */
  constructor(
    parts: WalkParts<Question, Item>,
    question: Question,
    starter: Operation,
    onStopped: (walk: ListWalk<Question, Item>) => void,
  ) {
    this.question = question;
    this.credentialKey = starter.caller?.credentialKey ?? '';
    this.#parts = parts;
    this.#starter = starter;
    this.#onStopped = onStopped;
    this.#version = parts.versions.of(this.credentialKey);
    this.#walked = new WalkedPages(parts.store, this.credentialKey);
    this.#budget = createCallBudget(parts.maxCalls.limit);
    this.#beganMs = parts.clock.nowMs();
  }

  /** The list, once the walk has come to its end, and for as long as there is room for all of it. */
  get whole(): WalkedList<Item> | undefined {
    return this.#walked.hasLost ? undefined : this.#whole;
  }

  /** Of all that it holds, without the pages, which count by themselves. */
  get sizeBytes(): number {
    return 1000 + 200 * this.#walked.pages.length;
  }

  /** Whether it may answer the operation: one that bypasses the cache takes only what was read for it, or for one like it that was told to ask again. */
  mayServe({ bypassCache, id }: Operation): boolean {
    return !bypassCache || this.#starter.id === id || (this.#starter.bypassCache && this.#pendingCount > 0);
  }

  /** The list as it answers an operation from now on, until it is stale or, at any age, until there is another. */
  serve({ report, bypassCache }: Operation, { oldestAtMs, freshUntilMs }: WalkedList<Item>, isAnyAge: boolean): void {
    if (bypassCache && this.#pendingCount > 0) this.#pendingCount--;
    this.#walked.touch();
    recordHit(report, { atMs: oldestAtMs, ttlMs: isAnyAge ? Infinity : freshUntilMs - oldestAtMs });
  }

  /** Settles with the walk, or as soon as the operation ends. Goes on from where the walk stopped. */
  wait(operation: Operation): Promise<WalkedList<Item>> {
    return new Promise((resolve, reject) => {
      const { signal } = operation;
      if (signal.aborted) return reject(signal.reason);
      const settle = () => {
        signal.removeEventListener('abort', onAbort);
        this.#waiters.delete(waiter);
      };
      const waiter: Waiter<Item> = {
        operation,
        isStarter: !this.#isRunning,
        resolve: (walked) => (settle(), resolve(walked)),
        reject: (error) => (settle(), reject(error)),
      };
      const onAbort = () => {
        waiter.reject(isDeadlinePassed(signal.reason) ? this.#stillWalkingError() : (signal.reason as Error));
        if (this.#waiters.size === 0 && this.#parts.goesOn !== true) this.#ended.abort(signal.reason);
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.#waiters.add(waiter);
      if (operation.bypassCache && this.#pendingCount > 0) this.#pendingCount--;
      if (this.#isRunning) return;
      // What had to go while it lay there is read again.
      if (this.#walked.hasLost) this.reset();
      void this.#run();
    });
  }

  /** Lets go of its pages: it begins anew where somebody waits again. */
  reset(): void {
    this.#walked.release();
    this.#beginning++;
    this.#version = this.#parts.versions.of(this.credentialKey);
    this.#walked = new WalkedPages(this.#parts.store, this.credentialKey);
    this.#whole = undefined;
    this.#budget = createCallBudget(this.#parts.maxCalls.limit);
    this.#beganMs = this.#parts.clock.nowMs();
  }

  /** Whether nothing was changed since it began. */
  get #isCurrent(): boolean {
    return this.#version === this.#parts.versions.of(this.credentialKey);
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    try {
      let whole: WalkedList<Item> | undefined;
      // Somebody may have come just when it stopped.
      do whole = await this.#walk();
      while (whole === undefined && this.#waiters.size > 0);
      if (whole !== undefined) for (const waiter of this.#waiters) this.#answer(waiter, whole);
    } catch (error) {
      for (const waiter of this.#waiters) waiter.reject(error as Error);
    } finally {
      this.#isRunning = false;
      this.#onStopped(this);
    }
  }

  /** To the end, or undefined where nobody waits for it any more. */
  async #walk(): Promise<WalkedList<Item> | undefined> {
    const { goesOn = false } = this.#parts;
    this.#mayBeginAnew = true;
    while (this.#whole === undefined) {
      if (!this.#isCurrent) this.reset();
      if (this.#walked.hasLost) this.#refuseForMemory();
      if (this.#waiters.size === 0 && !goesOn) return undefined;
      const request = this.#nextRequest();
      const beginning = this.#beginning;
      const page = await this.#fetch(request);
      // What was asked for before a change is no part of the walk that began anew.
      if (page !== undefined && this.#isCurrent && beginning === this.#beginning) this.#take(request, page);
    }
    return this.#whole;
  }

  /** Undefined where things have changed meanwhile: nobody waits, or the list has to be begun anew. */
  async #fetch(request: PageRequest<Question>): Promise<Page<Item> | undefined> {
    try {
      return await this.#parts.source.fetchPage(request, this.#step());
    } catch (error) {
      if (this.#ended.signal.aborted) {
        this.#ended = new Aborter();
      } else if (this.#mayBeginAnew && request.pageToken !== undefined && isRefusedToken(error)) {
        this.#mayBeginAnew = false;
        this.reset();
      } else {
        throw isOverBudget(error) ? this.#tooManyCalls() : error;
      }
      return undefined;
    }
  }

  #nextRequest(): PageRequest<Question> {
    const pageToken = this.#walked.nextPageToken;
    return { question: this.question, pageSize: this.#parts.pageSize, ...(pageToken !== undefined && { pageToken }) };
  }

  #step(): Operation {
    const { clock, pageTimeoutMs, random } = this.#parts;
    return new WalkStep({
      // Unlike that of the operation that began it, which may have calls of its own.
      id: random.uuid(),
      starter: this.#starter,
      signal: this.#ended.signal,
      budget: this.#budget,
      atLeastUntilMs: clock.nowMs() + pageTimeoutMs,
      waiters: this.#waiters,
    });
  }

  #take(request: PageRequest<Question>, page: Page<Item>): void {
    const walked = this.#walked;
    walked.add(request, page);
    if (walked.hasLost) this.#refuseForMemory();
    walked.touch();
    if (page.nextPageToken !== undefined) return this.#checkLength(page);
    const { pages, itemCount, oldestAtMs } = walked;
    this.#whole = { pages, itemCount, oldestAtMs, freshUntilMs: this.#parts.clock.nowMs() + this.#parts.ttlMs };
  }

  /** Refused at the first page that says so, and not after a hundred. */
  #checkLength({ totalSize }: Page<Item>): void {
    const { pageSize, maxCalls } = this.#parts;
    if (totalSize !== undefined && Math.ceil(totalSize / pageSize) > maxCalls.limit) throw this.#tooManyCalls();
  }

  #tooManyCalls(): GatewayError {
    const { pageSize, maxCalls } = this.#parts;
    const total = this.#walked.totalSize;
    return tooManyCalls({ ...maxCalls, needed: total === undefined ? undefined : Math.ceil(total / pageSize) });
  }

  #refuseForMemory(): never {
    const { itemCount, totalSize } = this.#walked;
    this.reset();
    throw largerThanMemory(itemCount, totalSize);
  }

  #stillWalkingError(): GatewayError {
    this.#pendingCount++;
    const { goesOn = false, clock } = this.#parts;
    const { itemCount: walked, totalSize: total } = this.#walked;
    const tookMs = clock.nowMs() - this.#beganMs;
    // At the pace until now; one that stops meanwhile is asked for at once.
    const leftMs = goesOn && walked > 0 && total !== undefined ? (tookMs * (total - walked)) / walked : 0;
    return stillWalking({ walked, total, leftMs });
  }

  #answer({ operation: { report }, isStarter, resolve }: Waiter<Item>, whole: WalkedList<Item>): void {
    const { oldestAtMs: atMs, freshUntilMs } = whole;
    (isStarter ? recordAge : recordHit)(report, { atMs, ttlMs: freshUntilMs - atMs });
    resolve(whole);
  }
}

const isOverBudget = (error: unknown): boolean =>
  error instanceof GatewayError && error.code === 'CALL_BUDGET_EXCEEDED';
