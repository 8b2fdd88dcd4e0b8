import { createSubject, subjectTypeOf, type Subject } from '../model/subject.ts';
import { GatewayError } from '../model/errors.ts';
import { maxListPageSize } from '../model/contract.ts';
import type { Operation } from '../model/operation.ts';
import type { PageToken } from '../model/page.ts';
import type { RoleChange } from '../model/role-change.ts';
import type { Upstream } from '../upstream/client.ts';
import { listRoleAssignments } from '../upstream/endpoints/role-assignments.ts';

/** More pages than any subject has: upstream gives one entry for a subject, but may give empty pages in front of it. */
const maxPages = 20;

/**
 * What upstream says of a subject now, past everything that is kept: the roles of all its entries together, or null where it has none. Fails as a call
 * does, and with `BAD_USER_INPUT` where a change without a type could meet a subject of another type.
 */
export const readSubject = async (
  upstream: Pick<Upstream, 'call'>,
  { subjectReference, rawSubjectType }: Pick<RoleChange, 'subjectReference' | 'rawSubjectType'>,
  operation: Operation,
): Promise<Subject | null> => {
  const isTyped = subjectTypeOf(rawSubjectType) !== 'UNSPECIFIED';
  const question = {
    subjectReference,
    ...(isTyped && { subjectType: rawSubjectType }),
    includeNestedScopes: false,
  };
  const entries: Subject[] = [];
  let pageToken: PageToken | undefined;
  for (let pages = 0; pages < maxPages; pages++) {
    const { value } = await upstream.call(
      listRoleAssignments,
      { question, pageSize: maxListPageSize, ...(pageToken !== undefined && { pageToken }) },
      operation,
    );
    entries.push(...value.items.filter(({ reference }) => reference === subjectReference));
    pageToken = value.nextPageToken;
    if (pageToken === undefined) return joined(entries, subjectReference, rawSubjectType);
  }
  throw new GatewayError(
    'UPSTREAM_INVALID_RESPONSE',
    'ESET Connect gives page after page for one subject. Ask again later.',
  );
};

const joined = (entries: readonly Subject[], reference: string, rawType: string): Subject | null => {
  const own = entries.filter((entry) => entry.rawType === rawType);
  if (own.length < entries.length && subjectTypeOf(rawType) === 'UNSPECIFIED') {
    throw new GatewayError(
      'BAD_USER_INPUT',
      'Another subject has this reference and a type, and a change without a type could meet that one. Say which type is meant.',
      { outcome: 'notSent' },
    );
  }
  if (own.length <= 1) return own[0] ?? null;
  return createSubject(
    reference,
    rawType,
    own.flatMap(({ roles }) => roles),
  );
};
