import { matchingRoles } from '../assignments/list/filter.ts';
import { matchOf } from '../access/text-match.ts';
import type { ScopeMatcher } from '../assignments/assignments.ts';
import type { Directory, Named } from '../directory/directory.ts';
import type { Scope, Subject } from '../model/subject.ts';
import { type Held, heldBy } from './held.ts';
import type { ReviewFilter } from './review-request.ts';

/** What a subject holds that the filter asks for. Of a role that is held at several scopes, only those that are asked for. */
export const heldThatMatch = (subject: Subject, { type, role }: ReviewFilter): readonly Held[] => {
  if (type !== undefined && subject.type !== type) return [];
  if (role === undefined) return heldBy(subject);
  const { scopes } = role;
  return heldBy({ roles: matchingRoles(subject, role) }).filter(
    ({ scope }) => scope === undefined || scopes === undefined || scopes.some((matcher) => isScope(scope, matcher)),
  );
};

const isScope = (scope: Scope | undefined, matcher: ScopeMatcher): boolean =>
  matcher.every(({ field, uuid }) =>
    scope?.components.some((component) => component.field === field && component.uuid === uuid),
  );

/** Whether a folded text is in a subject's name, one of its e-mail addresses or its reference. */
export const hasText = async (
  subject: Subject,
  text: string,
  directory: Pick<Directory, 'user' | 'nameOfSubject'>,
): Promise<boolean> => {
  if (matchOf(text, subject.reference) !== undefined) return true;
  const { value } = await (subject.type === 'USER'
    ? directory.user(subject.reference)
    : directory.nameOfSubject(subject));
  const named: (Named & { readonly otherEmails?: readonly string[] }) | undefined = value;
  return [named?.displayName, named?.email, ...(named?.otherEmails ?? [])].some(
    (known) => matchOf(text, known) !== undefined,
  );
};
