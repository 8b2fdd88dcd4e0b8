import type { Directory, Outlook } from '../directory/directory.ts';
import { createCallBudget } from '../model/call-budget.ts';
import type { Caller, Operation } from '../model/operation.ts';
import { createUpstreamReport, type UpstreamReport } from '../model/upstream-report.ts';
import type { Signal } from '../platform/abort.ts';
import type { Clock } from '../platform/clock.ts';
import type { Random } from '../platform/random.ts';
import type { Subject } from '../model/subject.ts';
import type { SubjectPageSource } from '../model/subject-list.ts';
import { exportReview, type ReviewPiece } from './export-review.ts';
import { findNames, type FoundNames } from './names.ts';
import type { ReviewPlace } from './read-subjects.ts';
import type { ReviewRequest } from './review-request.ts';

interface ReviewsOptions {
  /** Who holds what: upstream itself, or what was recorded of it. */
  readonly subjects: SubjectPageSource;
  readonly directory: { forOperation(operation: Operation, outlook?: Outlook): Directory };
  readonly clock: Clock;
  readonly random: Random;
  /** How long one page and its names may take. All of an export may take as long as it needs. */
  readonly timeoutMs: number;
}

/** One export under way. */
export interface Review {
  /** Ends with a `GatewayError`, soon after the signal aborts, too. */
  readonly pieces: AsyncIterable<ReviewPiece>;
  /** What it has cost so far. */
  readonly report: UpstreamReport;
}

export interface OpenReview {
  readonly request: ReviewRequest;
  readonly caller: Caller;
  readonly signal: Signal;
  /** Default: the start. */
  readonly from?: ReviewPlace | undefined;
}

/** Opens exports of what a caller sees. */
export interface Reviews {
  open(options: OpenReview): Review;
  /** What subjects, and the scopes that they hold roles at, are called now. Never rejects: a name that cannot be told is none, and counted. */
  namesOf(subjects: readonly Subject[], options: Pick<OpenReview, 'caller' | 'signal'>): Promise<FoundNames>;
}

/** More than a page with all of its names can need, so that it only ends what goes wrong. */
const maxCallsOfPage = 2000;

/**
 * Pages come from upstream itself and are not kept: a table for an auditor must not be older than it says, and a million subjects would push out what others ask
 * for. Each call is an ordinary one of a single operation, so that the rate limit lets whoever else calls go between two of them.
 */
export const createReviews = ({ subjects, directory, clock, random, timeoutMs }: ReviewsOptions): Reviews => {
  const openOperations = ({ caller, signal }: Pick<OpenReview, 'caller' | 'signal'>) => {
    const id = random.uuid();
    const report = createUpstreamReport();
    const operation = (): Operation => ({
      id,
      caller,
      signal,
      deadlineMs: clock.nowMs() + timeoutMs,
      budget: createCallBudget(maxCallsOfPage),
      report,
      bypassCache: false,
    });
    return { operation, report };
  };
  return {
    open({ request, from, ...asking }) {
      const { operation, report } = openOperations(asking);
      const directoryFor = (forPage: Operation, outlook: Outlook): Directory =>
        directory.forOperation(forPage, outlook);
      return { pieces: exportReview({ subjects, directoryFor, operation }, request, from), report };
    },
    namesOf: (named, asking) =>
      findNames(named, directory.forOperation(openOperations(asking).operation()), { withPaths: false }),
  };
};
