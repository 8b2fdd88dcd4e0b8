import { Aborter, type Signal } from '../../src/platform/abort.ts';
import { createCallBudget } from '../../src/model/call-budget.ts';
import type { Operation } from '../../src/model/operation.ts';
import type { PageToken } from '../../src/model/page.ts';
import type { SubjectPageRequest } from '../../src/model/subject-list.ts';
import { createUpstreamReport } from '../../src/model/upstream-report.ts';

export interface OperationWishes {
  /** Null: nobody said who they are. Default `alice`. */
  readonly credentialKey?: string | null;
  readonly bypassCache?: boolean;
  readonly maxCalls?: number;
  readonly deadlineMs?: number;
  readonly signal?: Signal;
}

let made = 0;

/** An operation of `alice` with nothing spent. */
export const createOperation = (wishes: OperationWishes = {}): Operation => {
  const { credentialKey = 'alice', bypassCache = false, maxCalls = 100, deadlineMs = Infinity, signal } = wishes;
  return {
    id: `operation-${made++}`,
    ...(credentialKey !== null && { caller: { credentialKey, reference: null } }),
    signal: signal ?? new Aborter().signal,
    deadlineMs,
    budget: createCallBudget(maxCalls),
    report: createUpstreamReport(),
    bypassCache,
  };
};

export const plainQuestion = { includeNestedScopes: false };

/** A request for a page of the whole list. */
export const listPage = (pageSize = 1000, pageToken?: string): SubjectPageRequest => ({
  question: plainQuestion,
  pageSize,
  ...(pageToken !== undefined && { pageToken: pageToken as PageToken }),
});

/** A request for what one subject has. */
export const lookupPage = (subjectReference: string, subjectType?: string): SubjectPageRequest => ({
  question: { ...plainQuestion, subjectReference, ...(subjectType !== undefined && { subjectType }) },
  pageSize: 1000,
});
