import { maxReferenceLength } from '../../model/contract.ts';
import { GatewayError } from '../../model/errors.ts';
import type { SubjectListQuestion } from '../../model/subject-list.ts';
import { rawSubjectTypeOf, type Subject } from '../../model/subject.ts';
import { createMatchCounter, createMatcher } from './filter.ts';
import { canonicalText, fingerprintOf, type NamePart } from '../cursor/fingerprint.ts';
import type { RoleFilter, ScopeMatcher, SubjectOrder, SubjectsQuestion } from '../assignments.ts';

/** How a question is answered: what upstream is asked, and what is left to do here. */
export interface ListPlan {
  readonly upstream: SubjectListQuestion;
  /** Whether a listed subject is part of the answer; absent: every one is. */
  readonly matches?: (subject: Subject) => boolean;
  /** How many of some listed subjects are part of the answer. */
  readonly count: (subjects: readonly Subject[]) => number;
  /** Names the question in cursors. Worked out on first use. */
  fingerprint(): string;
}

/** Checks a question and plans its list. Throws `BAD_USER_INPUT`. */
export const createListPlan = (question: SubjectsQuestion): ListPlan => {
  const { reference, type, role, orderBy, includeNestedScopes } = question;
  if (reference !== undefined) checkReference(reference);
  if (role !== undefined) checkRole(role);
  const order = writeOrder(orderBy);
  const isFiltered = reference !== undefined || type !== undefined || role !== undefined;
  let fingerprint: string | undefined;
  return {
    upstream: {
      includeNestedScopes,
      ...(reference !== undefined && { subjectReference: reference }),
      // Upstream reads a type only beside a reference, and has no word for the ones that we do not know.
      ...(reference !== undefined &&
        type !== undefined &&
        type !== 'UNSPECIFIED' &&
        type !== 'UNKNOWN' && { subjectType: rawSubjectTypeOf(type) }),
      ...(order !== '' && { orderBy: order }),
    },
    count: isFiltered ? createMatchCounter(question) : ({ length }) => length,
    ...(isFiltered && { matches: createMatcher(question) }),
    fingerprint: () =>
      (fingerprint ??= fingerprintOf([
        reference,
        type,
        role && nameRole(role),
        order,
        includeNestedScopes ? '1' : '0',
      ])),
  };
};

/** Throws `BAD_USER_INPUT` for what upstream would take for no reference at all, or refuse. */
export const checkReference = (reference: string): void => {
  if (reference === '') throw new GatewayError('BAD_USER_INPUT', 'The reference of a subject must not be empty.');
  if (reference.length > maxReferenceLength) {
    throw new GatewayError(
      'BAD_USER_INPUT',
      `The reference of a subject has at most ${maxReferenceLength} characters, this one has ${reference.length}.`,
    );
  }
};

/** Throws `BAD_USER_INPUT` for what no role is called. */
export const checkRoleName = (name: string): void => {
  if (name === '') throw new GatewayError('BAD_USER_INPUT', 'The name of a role must not be empty.');
};

const checkRole = ({ name, scopes }: RoleFilter): void => {
  if (name !== undefined) checkRoleName(name);
  if (scopes?.length === 0) {
    throw new GatewayError('BAD_USER_INPUT', '`scopes` is empty: name at least one scope, or leave it out.');
  }
  for (const { field, uuid } of scopes?.flat() ?? []) {
    if (uuid === '') throw new GatewayError('BAD_USER_INPUT', `${field} is empty: give the uuid of the scope.`);
  }
};

const orderFields = { REFERENCE: 'subjectReference', TYPE: 'subjectType' } as const;

/** In AIP-132's syntax, at most 100 characters however many fields there are: each can stand there only once. */
const writeOrder = (orderBy: readonly SubjectOrder[]): string => {
  const fields = new Set(orderBy.map(({ field }) => field));
  if (fields.size < orderBy.length) {
    throw new GatewayError('BAD_USER_INPUT', 'Each field can stand in `orderBy` only once.');
  }
  return orderBy.map(({ field, direction }) => orderFields[field] + (direction === 'DESC' ? ' desc' : '')).join(',');
};

/** Equal for filters that mean the same. */
const nameRole = ({ name, scopes, includeGlobal, isGlobal }: RoleFilter): NamePart => [
  name,
  scopes && sortUnique(scopes.map(nameScope)),
  scopes && includeGlobal === true ? '1' : '0',
  ...(isGlobal === undefined ? [] : [isGlobal ? '1' : '0']),
];

const nameScope = (matcher: ScopeMatcher): string =>
  canonicalText(sortUnique(matcher.map(({ field, uuid }) => canonicalText([field, uuid]))));

const sortUnique = (texts: readonly string[]): string[] => [...new Set(texts)].sort();
