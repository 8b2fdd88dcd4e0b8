import type { Directory } from '../directory/directory.ts';
import { isLinkedKind } from '../directory/group-tree.ts';
import type { Scope } from '../model/subject.ts';
import { type AccessGap, gapOfEnd, gapOfHierarchy } from './gaps.ts';
import type { Place } from './reasons.ts';

/** A place, and what is not known of what stands above it. */
export interface ReadPlace {
  readonly place: Place;
  readonly gap: AccessGap | undefined;
}

/** Reads what stands above a scope. Where that cannot be told, nothing does, and there is a gap. */
export const readPlace = async (scope: Scope, directory: Pick<Directory, 'pathOf'>): Promise<ReadPlace> => {
  const path = await directory.pathOf(scope);
  if (path.resolution !== 'FOUND') return { place: { scope, ancestors: [] }, gap: gapOfHierarchy(path.resolution) };
  const { ancestors, end } = path.value;
  return { place: { scope, ancestors }, gap: gapOfEnd(end) };
};

/** Customers, MSPs and sites above: groups stand for them. */
export const linkedAncestors = ({ ancestors }: Place): readonly Scope[] =>
  ancestors.filter(({ kind }) => isLinkedKind(kind));
