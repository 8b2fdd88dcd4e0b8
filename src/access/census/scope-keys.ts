import type { Scope } from '../../model/subject.ts';
import { keyPart } from '../../platform/key-part.ts';
import { compareTexts } from './sort.ts';

/** Equal exactly for scopes that have the same components, in whatever order. */
export const componentsKey = ({ components }: Pick<Scope, 'components'>): string => {
  const [component] = components;
  if (component === undefined) return '';
  if (components.length === 1) return partOf(component);
  return [...new Set(components.map(partOf))].sort(compareTexts).join('');
};

export const partOf = ({ field, uuid }: { readonly field: string; readonly uuid: string }): string =>
  keyPart(field) + keyPart(uuid);

/** By kind, uuid and then all components. 0 exactly for scopes that are the same. */
export const compareScopes = (one: Scope, other: Scope): number =>
  compareTexts(one.kind, other.kind) ||
  compareTexts(one.uuid, other.uuid) ||
  (isWrittenAs(one, other) ? 0 : compareTexts(componentsKey(one), componentsKey(other)));

/** The usual case of two that are the same. */
const isWrittenAs = ({ components: one }: Scope, { components: other }: Scope): boolean =>
  one.length === other.length &&
  one.every(({ field, uuid }, at) => field === other[at]?.field && uuid === other[at].uuid);
