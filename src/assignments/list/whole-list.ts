import type { Operation } from '../../model/operation.ts';
import type { Subject } from '../../model/subject.ts';
import type { SubjectListQuestion, SubjectPage } from '../../model/subject-list.ts';
import { pause, Pauses } from '../../platform/pause.ts';
import type { SharedWalks } from '../../pages/walks/shared-walks.ts';
import type { KnownSubjects } from '../../pages/subjects/subjects.ts';

/** How a question about a whole list goes through its pages. */
interface PageReduction<Result> {
  readonly initial: Result;
  readonly add: (result: Result, page: SubjectPage) => Result;
}

/** Items looked at between pauses: a few milliseconds. */
const itemsBetween = 10_000;

/** Questions of one operation that only a whole list answers. They are no part of its budget of calls: a walk has a bound of its own. */
export interface WholeList {
  /** Goes through every page of the list once, in order, and pauses in between. Costs nothing where all are kept, else one walk, whoever else waits for it. Fails as that does. */
  reduce<Result>(question: SubjectListQuestion, reduction: PageReduction<Result>): Promise<Result>;
}

export interface WholeListOptions {
  readonly walks: SharedWalks<SubjectListQuestion, Subject>;
  readonly known: KnownSubjects | undefined;
  readonly operation: Operation;
}

export const createWholeList = ({ walks, known, operation }: WholeListOptions): WholeList => {
  // Where nothing is kept, the operation at least walks only once.
  const walked = new Map<string, Promise<readonly SubjectPage[]>>();

  const pagesOf = (question: SubjectListQuestion): Promise<readonly SubjectPage[]> => {
    const { includeNestedScopes, orderBy, subjectReference, subjectType } = question;
    const key = JSON.stringify([includeNestedScopes, orderBy, subjectReference, subjectType]);
    let pages = walked.get(key);
    if (pages === undefined) {
      pages = walks.read(question, operation).then((list) => list.pages);
      walked.set(key, pages);
    }
    return pages;
  };

  return {
    async reduce(question, { initial, add }) {
      const kept = known?.walkOf(question, operation);
      const pages = kept?.isWhole === true ? kept.pages : await pagesOf(question);
      const pauses = new Pauses(itemsBetween);
      let result = initial;
      for (const page of pages) {
        result = add(result, page);
        if (pauses.isDue(page.items.length)) await pause();
      }
      return result;
    },
  };
};
