import type { Page, PageRequest, PageSource } from './page.ts';
import type { Subject } from './subject.ts';

/** What is asked of upstream's list of subjects: equal lists are equal questions. */
export interface SubjectListQuestion {
  readonly subjectReference?: string;
  /** Upstream's word, such as `SUBJECT_TYPE_USER`. Only meaningful beside `subjectReference`. */
  readonly subjectType?: string;
  readonly includeNestedScopes: boolean;
  /** AIP-132 syntax, such as `subjectType desc,subjectReference`. Absent: upstream's own order. */
  readonly orderBy?: string;
}

export type SubjectPage = Page<Subject>;
export type SubjectPageRequest = PageRequest<SubjectListQuestion>;
export type SubjectPageSource = PageSource<SubjectListQuestion, Subject>;

/** Whom is asked about. `rawType` is upstream's word; absent: whichever subject has the reference. */
export interface SubjectKey {
  readonly reference: string;
  readonly rawType?: string;
  readonly includeNestedScopes: boolean;
}
