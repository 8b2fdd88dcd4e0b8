import { keyPart } from '../platform/key-part.ts';
import type { ListQuestion, PageToken } from '../model/page.ts';

/** What is asked, canonical: equal exactly for equal questions. */
export const questionKey = (question: ListQuestion): string =>
  (question.includeNestedScopes ? '1' : '0') +
  keyPart(question.orderBy) +
  keyPart(question.subjectReference) +
  keyPart(question.subjectType);

/** A question as one caller asks it. Equal exactly for equal credential keys and equal questions. */
export const listKey = (credentialKey: string, question: ListQuestion): string =>
  keyPart(credentialKey) + questionKey(question);

/** A page among those of its list. Its size is no part of it: one page is kept for a token, whatever its size. */
export const tokenKey = (pageToken: PageToken | undefined): string => keyPart(pageToken);

/** One page of a list. */
export const pageKey = (list: string, pageToken: PageToken | undefined): string => list + tokenKey(pageToken);
