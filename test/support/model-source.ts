import { GatewayError } from '../../src/model/errors.ts';
import type { PageToken } from '../../src/model/page.ts';
import type {
  SubjectListQuestion,
  SubjectPage,
  SubjectPageRequest,
  SubjectPageSource,
} from '../../src/model/subject-list.ts';
import type { Subject } from '../../src/model/subject.ts';

/** How pages come out, by upstream's rules (AIP-158): short and empty ones may have a successor. */
export interface PageShape {
  /** Percent of pages that are shorter than was asked for, and that are empty. */
  readonly shortPercent: number;
  readonly emptyPercent: number;
  /** The same page is cut the same way every time, as this says. */
  readonly seed: number;
  /** True: the last page of subjects names a successor, which is empty. */
  readonly hasEmptyEnd: boolean;
  readonly tellsSize: boolean;
}

export const plainShape: PageShape = { shortPercent: 0, emptyPercent: 0, seed: 0, hasEmptyEnd: false, tellsSize: true };

/** An upstream made of an array: what the directory answers over it can be read off the array. */
export interface ModelSource extends SubjectPageSource {
  /** Every request, oldest first. */
  readonly requests: SubjectPageRequest[];
  /** What it lists from now on. */
  subjects: readonly Subject[];
  /** True: page tokens are refused, as upstream refuses them once they have expired. */
  refusesTokens: boolean;
  /** Overrides `totalSize`. */
  totalSize: number | undefined;
}

/** In how many ways one page of no progress may follow another. */
const maxIdleSteps = 3;

export const createModelSource = (all: readonly Subject[], shape: PageShape = plainShape): ModelSource => {
  const source: ModelSource = {
    requests: [],
    subjects: all,
    refusesTokens: false,
    totalSize: undefined,
    async fetchPage(request, operation) {
      operation.budget.take();
      operation.report.calls++;
      source.requests.push(request);
      if (request.pageToken !== undefined && source.refusesTokens) throw refusedToken();
      return cutPage(request, askedFor(source.subjects, request.question), shape, source.totalSize);
    },
  };
  return source;
};

const refusedToken = () =>
  new GatewayError('BAD_USER_INPUT', 'ESET Connect refused an argument of this question.', { upstreamStatus: 400 });

/** What upstream lists for a question, in its order. */
export const askedFor = (all: readonly Subject[], question: SubjectListQuestion): readonly Subject[] => {
  const { subjectReference, subjectType, orderBy = '' } = question;
  const keys = orderBy.split(',').filter((key) => key !== '');
  const valueOf = (subject: Subject, field: string) =>
    field === 'subjectReference' ? subject.reference : subject.rawType;
  return all
    .filter(({ reference }) => subjectReference === undefined || reference === subjectReference)
    .filter(({ rawType }) => subjectType === undefined || rawType === subjectType)
    .toSorted((one, other) => {
      for (const key of keys) {
        const [field = '', direction] = key.split(' ');
        const [a, b] = [valueOf(one, field), valueOf(other, field)];
        if (a !== b) return a < b === (direction === undefined) ? -1 : 1;
      }
      return 0;
    });
};

const cutPage = (
  { pageToken, pageSize }: SubjectPageRequest,
  subjects: readonly Subject[],
  shape: PageShape,
  totalSize: number | undefined,
): SubjectPage => {
  const [from = 0, step = 0] = (pageToken ?? '').split('~').slice(1).map(Number);
  const left = subjects.slice(from, from + pageSize);
  const mayIdle = step % maxIdleSteps !== 0;
  const dice = (what: number) => scramble(shape.seed + 7919 * from + 104_729 * step + 31 * pageSize + what) % 100;
  const isEmpty = mayIdle && dice(1) < shape.emptyPercent;
  const isShort = dice(2) < shape.shortPercent;
  const length = isEmpty ? 0 : isShort ? Math.min(left.length, 1 + (dice(3) % 5)) : left.length;
  const to = from + length;
  const goesOn = to < subjects.length || (shape.hasEmptyEnd && length > 0);
  return {
    items: subjects.slice(from, to),
    pageSize,
    fetchedAtMs: 0,
    bodyBytes: 200 * length,
    ...(goesOn && { nextPageToken: `page ~${to}~${step + 1}` as PageToken }),
    ...(shape.tellsSize && { totalSize: totalSize ?? subjects.length }),
  };
};

/** Spreads a number over 31 bits, always the same way. */
const scramble = (value: number): number => {
  let mixed = Math.imul(value ^ (value >>> 16), 0x45d9f3b);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x45d9f3b);
  return (mixed ^ (mixed >>> 16)) >>> 1;
};
