import { GatewayError, isRefusedToken } from '../../model/errors.ts';
import type { Operation } from '../../model/operation.ts';
import type { SubjectPageSource } from '../../model/subject-list.ts';
import { turnFor, type Turns } from '../../platform/turns.ts';
import type { KnownSubjects } from '../../pages/subjects/subjects.ts';
import type { ListPlan } from './query-plan.ts';
import type { WholeList } from './whole-list.ts';
import { createWalk, type Walk, type WalkStart } from './walk.ts';

/** What every way of answering one list works with. */
export interface ListContext {
  readonly plan: ListPlan;
  readonly source: SubjectPageSource;
  readonly operation: Operation;
  /** What kept pages tell without a call; absent where none are kept. */
  readonly known: KnownSubjects | undefined;
  readonly readAhead: boolean;
  /** `turnOf` takes them. */
  readonly turns: Turns;
  readonly wholeList: WholeList;
}

/**
 * The turn that is taken before each page that is looked through; undefined where this one is not over. Whoever walks over kept pages goes from one to the next without ever waiting for
 * anything, thousands may wait for the same page, and each looks at a thousand subjects on it. Rejects where the operation has ended meanwhile: nobody waits for what is looked for.
 */
export const turnOf = ({ turns, operation }: ListContext): Promise<void> | undefined =>
  turnFor(turns, operation)?.then(() => operation.signal.throwIfAborted());

/** The beginning of every list. */
export const listStart: WalkStart = { pageToken: undefined, ordinal: 0 };

/**
 * Walks the list's pages. A page token that upstream refuses is `EXPIRED_CURSOR`; a list of one subject that upstream does
 * not know is empty.
 */
export const walkList = ({ source, operation, plan }: ListContext, start: WalkStart): Walk => {
  const walk = createWalk(source, operation, plan.upstream, start);
  let isAtFirstPage = start.pageToken === undefined;
  return {
    async next(pageSize) {
      try {
        const view = await walk.next(pageSize);
        isAtFirstPage = false;
        return view;
      } catch (error) {
        if (!(error instanceof GatewayError)) throw error;
        if (!isAtFirstPage && isRefusedToken(error)) throw expiredCursor(error);
        if (isAtFirstPage && error.code === 'NOT_FOUND' && plan.upstream.subjectReference !== undefined)
          return undefined;
        throw error;
      }
    },
  };
};

/** What is said where a cursor was good once and cannot be found again. */
export const expiredCursor = (cause?: GatewayError): GatewayError =>
  new GatewayError(
    'EXPIRED_CURSOR',
    'This list has changed or its pages have expired. Start again from its first page.',
    {
      requestId: cause?.requestId,
      upstreamStatus: cause?.upstreamStatus,
      cause,
    },
  );

export const isBudgetSpent = (error: unknown): boolean =>
  error instanceof GatewayError && error.code === 'CALL_BUDGET_EXCEEDED';
