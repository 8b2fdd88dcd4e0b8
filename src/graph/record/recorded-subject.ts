import { type GraphQLResolveInfo, Kind, type SelectionSetNode } from 'graphql';
import { createSubject, type Subject } from '../../model/subject.ts';
import type { RecordedSubject } from '../../record/record.ts';
import type { GraphContext } from '../context.ts';

/** Fields of `Subject` that tell what it holds now. The record knows what it held. */
const ofRoles = new Set(['roles', 'hasRole', 'access']);

/**
 * The subject of what is recorded. Looked up only where it is asked what it holds: hundreds of changes would else cost as many lookups, and who is gone would be in none of them. A
 * subject that upstream does not know any more holds nothing.
 */
export const subjectOfRecord = async (
  { reference, rawType }: RecordedSubject,
  { assignments }: GraphContext,
  info: GraphQLResolveInfo,
): Promise<Subject> => {
  const known = asksForRoles(info) ? await assignments.find({ reference, rawType, includeNestedScopes: false }) : null;
  return known ?? createSubject(reference, rawType, []);
};

const asksForRoles = ({ fieldNodes, fragments }: GraphQLResolveInfo): boolean => {
  const seen = new Set<string>();
  const isIn = ({ selections }: SelectionSetNode): boolean =>
    selections.some((selection) => {
      if (selection.kind === Kind.FIELD) return ofRoles.has(selection.name.value);
      if (selection.kind === Kind.INLINE_FRAGMENT) return isIn(selection.selectionSet);
      const { value: name } = selection.name;
      if (seen.has(name)) return false;
      seen.add(name);
      const fragment = fragments[name];
      return fragment !== undefined && isIn(fragment.selectionSet);
    });
  return fieldNodes.some(({ selectionSet }) => selectionSet !== undefined && isIn(selectionSet));
};
