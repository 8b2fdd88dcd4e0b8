import { keyPart } from '../platform/key-part.ts';
import type { PageToken } from '../model/page.ts';

/** A question as one caller asks it. Equal exactly for equal credential keys and equal questions. */
export const listKey = (credentialKey: string, questionKey: string): string =>
  keyPart(credentialKey) + keyPart(questionKey);

/** A page among those of its list. Its size is no part of it: one page is kept for a token, whatever its size. */
export const tokenKey = (pageToken: PageToken | undefined): string => keyPart(pageToken);

/** One page of a list. */
export const pageKey = (list: string, pageToken: PageToken | undefined): string => list + tokenKey(pageToken);
