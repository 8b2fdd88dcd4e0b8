import { GatewayError } from '../../model/errors.ts';
import { maxPageSize } from '../../model/page.ts';
import type { SubjectPageRequest } from '../../model/subject-list.ts';

/** Bounds of ESET Connect on its parameters, in characters. */
const maxReferenceLength = 100;
const maxPageTokenLength = 128;
const maxOrderByLength = 100;

/**
 * Path and query of `GET /v2/role-assignments` for a page. Canonical: parameters always in the same order, defaults left out.
 * Fails with `BAD_USER_INPUT` on what upstream would refuse, or would take for the question about everyone.
 */
export const pagePath = ({ question, pageToken, pageSize }: SubjectPageRequest): string => {
  const { subjectReference, subjectType, includeNestedScopes, orderBy } = question;
  if (!Number.isInteger(pageSize) || pageSize < 1 || pageSize > maxPageSize) {
    throw refusal(`A page has from 1 to ${maxPageSize} subjects.`);
  }
  let path = `/v2/role-assignments?pageSize=${pageSize}`;
  if (subjectReference !== undefined) {
    // Upstream takes "" for "not given", and would list every subject instead of none.
    if (subjectReference === '' || subjectReference.length > maxReferenceLength) {
      throw refusal(`The reference of a subject has from 1 to ${maxReferenceLength} characters.`);
    }
    path += `&subjectReference=${encode(subjectReference)}`;
  }
  if (subjectType !== undefined) path += `&subjectType=${encode(subjectType)}`;
  if (includeNestedScopes) path += '&includeNestedScopes=true';
  if (orderBy !== undefined) {
    if (orderBy.length > maxOrderByLength) throw refusal(`The order names too many fields.`);
    path += `&orderBy=${encode(orderBy)}`;
  }
  if (pageToken !== undefined) {
    if (pageToken.length === 0 || pageToken.length > maxPageTokenLength)
      throw refusal('The page token is not one that upstream gave.');
    path += `&pageToken=${encode(pageToken)}`;
  }
  return path;
};

const encode = (value: string): string => {
  try {
    return encodeURIComponent(value);
  } catch {
    // A lone surrogate: no UTF-8 exists for it, so upstream cannot know it.
    throw refusal('An argument holds characters that cannot be sent.');
  }
};

const refusal = (message: string): GatewayError => new GatewayError('BAD_USER_INPUT', message);
