import type { CallBudget } from '../../model/call-budget.ts';
import type { Caller, Operation } from '../../model/operation.ts';
import { createUpstreamReport, type UpstreamReport } from '../../model/upstream-report.ts';
import type { Signal } from '../../platform/abort.ts';

interface WalkStepParts {
  readonly id: string;
  readonly starter: Operation;
  readonly signal: Signal;
  readonly budget: CallBudget;
  /** The page may take until then, whoever waits. */
  readonly atLeastUntilMs: number;
  readonly waiters: ReadonlySet<{ readonly operation: Operation }>;
}

/**
 * The operation that one page of a walk is read for: of the caller who began the walk, with the walk's own budget and the longest deadline among those
 * who wait. What it costs stands in the report of whoever has waited longest, or in nobody's.
 */
export class WalkStep implements Operation {
  readonly id: string;
  readonly caller?: Caller;
  readonly signal: Signal;
  readonly budget: CallBudget;
  readonly report: UpstreamReport;
  readonly bypassCache: boolean;
  readonly sharedRound: number | undefined;
  readonly #isBackground: boolean;
  readonly #atLeastUntilMs: number;
  readonly #waiters: ReadonlySet<{ readonly operation: Operation }>;

  constructor({ id, starter, signal, budget, atLeastUntilMs, waiters }: WalkStepParts) {
    this.id = id;
    if (starter.caller !== undefined) this.caller = starter.caller;
    this.signal = signal;
    this.budget = budget;
    const [payer] = waiters;
    this.report = payer?.operation.report ?? createUpstreamReport();
    this.bypassCache = starter.bypassCache;
    this.sharedRound = starter.sharedRound;
    this.#isBackground = starter.isBackground === true;
    this.#atLeastUntilMs = atLeastUntilMs;
    this.#waiters = waiters;
  }

  /** Only while all who wait are: somebody who joins makes it hurry. */
  get isBackground(): boolean {
    for (const { operation } of this.#waiters) if (operation.isBackground !== true) return false;
    return this.#isBackground;
  }

  get deadlineMs(): number {
    let latestMs = this.#atLeastUntilMs;
    for (const { operation } of this.#waiters) latestMs = Math.max(latestMs, operation.deadlineMs);
    return latestMs;
  }
}
