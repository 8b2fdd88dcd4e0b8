import type { GrantPlaceInput, SubjectType } from '../__generated__/changeMutationsAssignMutation.graphql';
import type { changeMutations_result$data } from '../__generated__/changeMutations_result.graphql';

/** Whose role is given or taken. */
export interface ChangedSubject {
  readonly reference: string;
  readonly type: SubjectType;
  /** What people call it; its reference where it has no name. */
  readonly name: string;
}

/** One change, as a person asks for it. */
export interface Change {
  readonly kind: 'assign' | 'revoke';
  readonly subject: ChangedSubject;
  readonly roleName: string;
  readonly at: GrantPlaceInput;
}

/** What became of it, or would become of it. */
export type ChangeResult = Omit<changeMutations_result$data, ' $fragmentType'>;

/** A role at some scopes that comes, goes, or is held. */
export type HeldPart = ChangeResult['added'][number];

/** Types of subjects that roles can be given to: what this version does not know cannot be named in a change. */
export const isChangeable = (type: string): type is SubjectType => type !== 'UNKNOWN' && type !== '%future added value';

/**
 * True for what must not happen by a slip: a grant of everything, and a revocation after which nothing of the role is left. The dry run tells,
 * which has just read the subject.
 */
export const isGrave = ({ kind, roleName }: Change, { added, removed, subject }: ChangeResult): boolean => {
  if (kind === 'assign') return added.some(({ isGlobal }) => isGlobal);
  return removed.length > 0 && placesLeft(roleName, removed, subject) === 0;
};

/** How many places of a role somebody keeps; held everywhere counts as one. */
export const placesLeft = (
  roleName: string,
  removed: readonly HeldPart[],
  subject: ChangeResult['subject'],
): number => {
  const goes = new Set(removed.flatMap(keysOf));
  const held = (subject?.roles.nodes ?? []).filter(({ name }) => name === roleName);
  const notRead = held.reduce((sum, { scopes }) => sum + (scopes.totalCount ?? 0) - scopes.nodes.length, 0);
  return notRead + held.flatMap(keysOf).filter((key) => !goes.has(key)).length;
};

const keysOf = ({ isGlobal, scopes }: HeldPart): readonly string[] =>
  isGlobal ? ['everywhere'] : scopes.nodes.map(({ id }) => id);
