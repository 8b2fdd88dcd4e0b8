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
  (isPlain(one) && isPlain(other) && one.components[0]?.field === other.components[0]?.field
    ? 0
    : compareTexts(componentsKey(one), componentsKey(other)));

/** One component is the usual case. */
const isPlain = ({ components }: Scope): boolean => components.length === 1;
