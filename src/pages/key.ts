import type { ListQuestion, PageToken } from '../model/page.ts';

/** Unambiguous however many parts follow one another: the length says where the text ends. */
const part = (text: string | undefined): string => (text === undefined ? '-' : `${text.length}:${text}`);

/** What is asked, canonical: equal exactly for equal questions. */
export const questionKey = (question: ListQuestion): string =>
  (question.includeNestedScopes ? '1' : '0') +
  part(question.orderBy) +
  part(question.subjectReference) +
  part(question.subjectType);

/** A question as one caller asks it. Equal exactly for equal credential keys and equal questions. */
export const listKey = (credentialKey: string, question: ListQuestion): string =>
  part(credentialKey) + questionKey(question);

/** A page among those of its list. Its size is no part of it: one page is kept for a token, whatever its size. */
export const tokenKey = (pageToken: PageToken | undefined): string => part(pageToken);

/** One page of a list. */
export const pageKey = (list: string, pageToken: PageToken | undefined): string => list + tokenKey(pageToken);
