import type { Operation } from '../../src/model/operation.ts';
import type { PageToken } from '../../src/model/page.ts';
import type {
  SubjectListQuestion,
  SubjectPage,
  SubjectPageRequest,
  SubjectPageSource,
} from '../../src/model/subject-list.ts';
import { createScope, createSubject, kindOfScopeField, type Subject } from '../../src/model/subject.ts';
import type { Clock } from '../../src/platform/clock.ts';

/** A page source over an array, by upstream's rules for tokens, sizes and lookups. */
export interface ArraySource extends SubjectPageSource {
  /** What was asked, one line a call. */
  readonly transcript: string[];
  /** Subjects that pages list from now on. */
  subjects: readonly Subject[];
  /** Thrown by the next calls, one each; undefined lets a call through. */
  readonly failures: (Error | undefined)[];
  /** Holds calls back until the answer is called. */
  hold(): () => void;
  /** The operations that calls were made for. */
  readonly operations: Operation[];
}

export interface ArraySourceOptions {
  readonly subjects: readonly Subject[];
  readonly clock: Clock;
  /** False: pages do not say how large the list is. Default true. */
  readonly tellsSize?: boolean;
  /** Pages are never larger than this, whatever is asked for. Default 1000. */
  readonly maxSize?: number;
}

const describeCall = ({ question, pageToken, pageSize }: SubjectPageRequest): string =>
  [
    question.subjectReference ?? 'list',
    question.subjectType,
    question.includeNestedScopes ? 'nested' : undefined,
    question.orderBy,
    pageToken ?? 'start',
    question.subjectReference === undefined ? pageSize : undefined,
  ]
    .filter((word) => word !== undefined)
    .join(' ');

const select = (subjects: readonly Subject[], question: SubjectListQuestion): readonly Subject[] =>
  question.subjectReference === undefined
    ? subjects
    : subjects.filter(
        ({ reference, rawType }) =>
          reference === question.subjectReference && rawType === (question.subjectType ?? rawType),
      );

export const createArraySource = (options: ArraySourceOptions): ArraySource => {
  const { clock, tellsSize = true, maxSize = 1000 } = options;
  const transcript: string[] = [];
  const operations: Operation[] = [];
  const failures: (Error | undefined)[] = [];
  let gate: Promise<void> | undefined;
  const source: ArraySource = {
    transcript,
    operations,
    failures,
    subjects: options.subjects,
    hold() {
      const { promise, resolve } = withResolvers();
      gate = promise;
      return () => {
        gate = undefined;
        resolve();
      };
    },
    async fetchPage(request, operation): Promise<SubjectPage> {
      operation.budget.take();
      operation.report.calls++;
      operations.push(operation);
      transcript.push(describeCall(request));
      const { signal } = operation;
      if (gate !== undefined) {
        await Promise.race([
          gate,
          new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
        ]);
      }
      const failure = failures.shift();
      if (failure !== undefined) throw failure;
      const all = select(source.subjects, request.question);
      const from = Number(request.pageToken?.slice(1) ?? 0);
      const to = from + Math.min(request.pageSize, maxSize);
      return {
        items: all.slice(from, to),
        ...(to < all.length && { nextPageToken: `@${to}` as PageToken }),
        ...(tellsSize && { totalSize: all.length }),
        pageSize: request.pageSize,
        fetchedAtMs: clock.nowMs(),
        bodyBytes: 100 * (to - from),
      };
    },
  };
  return source;
};

const withResolvers = () => {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
};

/** Subject number `index` of a plain world: a user with `roleCount` roles at two customers each. */
export const subjectAt = (index: number, roleCount = 1): Subject =>
  createSubject(
    `reference-${index}`,
    'SUBJECT_TYPE_USER',
    Array.from({ length: roleCount }, (_, role) => ({
      name: `role-${role}`,
      scopes: [0, 1].map((at) =>
        createScope([scopeComponent(`customer-${String((index + role + at) % 100).padStart(4, '0')}`)]),
      ),
    })),
  );

const scopeComponent = (uuid: string) => ({ kind: kindOfScopeField('customerUuid'), field: 'customerUuid', uuid });

export const subjectsUpTo = (count: number): Subject[] => Array.from({ length: count }, (_, index) => subjectAt(index));
