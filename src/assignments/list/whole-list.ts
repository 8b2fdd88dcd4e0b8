import { createCallBudget } from '../../model/call-budget.ts';
import { GatewayError, isRefusedToken } from '../../model/errors.ts';
import type { Operation } from '../../model/operation.ts';
import { maxListPageSize } from '../../model/contract.ts';
import type { SubjectListQuestion, SubjectPage, SubjectPageSource } from '../../model/subject-list.ts';
import type { Subject } from '../../model/subject.ts';
import type { KnownWalk } from '../../pages/known-pages.ts';
import type { KnownSubjects } from '../../pages/subjects.ts';
import { isBudgetSpent } from './list-context.ts';
import { createWalk } from './walk.ts';

/** How a question about a whole list goes through its pages. */
interface PageReduction<Result> {
  readonly initial: Result;
  readonly add: (result: Result, page: SubjectPage) => Result;
}

/** Questions that only a whole list answers. */
export interface WholeList {
  /**
   * Goes through every page of the list once, in order, kept ones first. Costs nothing where all are kept; throws `CALL_BUDGET_EXCEEDED`, before
   * it begins where the size of the list is known, where the rest takes more calls than such a question may cost.
   */
  reduce<Result>(question: SubjectListQuestion, reduction: PageReduction<Result>): Promise<Result>;
}

export interface WholeListOptions {
  readonly source: SubjectPageSource;
  readonly known: KnownSubjects | undefined;
  readonly operation: Operation;
  /** Upstream calls that all such questions of the operation may cost together, beside its own. 0: none. */
  readonly maxCensusCalls: number;
}

/** Answers for one operation. Such questions are no part of its own budget: they are asked for by name, and have a bound of their own. */
export const createWholeList = ({ source, known, operation, maxCensusCalls }: WholeListOptions): WholeList => {
  const budget = createCallBudget(maxCensusCalls);
  const own = { ...operation, budget };

  const refuse = (calls: number) => tooManyCalls(calls, budget.remaining, maxCensusCalls);

  const reduceFrom = async <Result>(
    question: SubjectListQuestion,
    { initial, add }: PageReduction<Result>,
    kept: KnownWalk<Subject> | undefined,
  ): Promise<Result> => {
    let result = (kept?.pages ?? []).reduce(add, initial);
    if (kept?.isWhole === true) return result;
    let position = kept?.itemCount ?? 0;
    let totalSize = kept?.pages.at(-1)?.totalSize;
    const walk = createWalk(source, own, question, { pageToken: kept?.nextPageToken, ordinal: position });
    for (;;) {
      const calls = Math.max(1, Math.ceil(((totalSize ?? 0) - position) / maxListPageSize));
      if (calls > budget.remaining) throw refuse(calls);
      const view = await walk.next(maxListPageSize).catch((error: unknown) => {
        throw isBudgetSpent(error) ? refuse(calls) : error;
      });
      if (view === undefined) return result;
      result = add(result, view.page);
      if (view.page.nextPageToken === undefined) return result;
      position = view.ordinal + view.page.items.length;
      totalSize = view.page.totalSize ?? totalSize;
    }
  };

  return {
    async reduce(question, reduction) {
      const kept = known?.walkOf(question, operation);
      try {
        return await reduceFrom(question, reduction, kept);
      } catch (error) {
        // Kept pages can lead to a token that upstream takes no more. They are forgotten by now.
        if (kept?.nextPageToken === undefined || !isRefusedToken(error)) throw error;
        return reduceFrom(question, reduction, undefined);
      }
    },
  };
};

const tooManyCalls = (needed: number, remaining: number, limit: number): GatewayError =>
  new GatewayError(
    'CALL_BUDGET_EXCEEDED',
    limit === 0
      ? 'This can only be told by reading the whole list, which ROLESCOPE_MAX_CENSUS_CALLS=0 turns off. Ask without it, or raise the setting.'
      : `This can only be told by reading the whole list, which takes at least ${needed} more upstream ${needed === 1 ? 'call' : 'calls'}. ROLESCOPE_MAX_CENSUS_CALLS allows ${limit} for one operation, of which ${remaining} are left. Ask without it, or raise the setting.`,
  );
