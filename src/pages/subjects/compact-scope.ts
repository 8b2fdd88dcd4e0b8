import {
  createScope,
  type Scope,
  type ScopeComponent,
  scopeFieldOf,
  type KnownScopeKind,
} from '../../model/subject.ts';
import { arrayBytes, objectBytes, textBytes } from '../sizes.ts';

/** Nearly every scope has one component of a kind that is known, which tells its field: the component would take more room than the scope. */
export class CompactScope implements Scope {
  readonly kind: KnownScopeKind;
  readonly uuid: string;

  constructor(kind: KnownScopeKind, uuid: string) {
    this.kind = kind;
    this.uuid = uuid;
  }

  get components(): readonly ScopeComponent[] {
    return [{ kind: this.kind, field: scopeFieldOf(this.kind), uuid: this.uuid }];
  }
}

/** The same scope, in less memory. */
export const compactScope = (scope: Scope): Scope => {
  const [component] = scope.components;
  if (component === undefined || component.kind === 'UNKNOWN' || scope.components.length > 1) return scope;
  return component.field === scopeFieldOf(component.kind) ? new CompactScope(component.kind, component.uuid) : scope;
};

/** The same scope, quicker to look at. */
export const plainScope = (scope: Scope): Scope =>
  scope instanceof CompactScope ? createScope(scope.components) : scope;

/** About how many bytes it takes. */
export const scopeBytes = (scope: Scope): number => {
  if (scope instanceof CompactScope) return objectBytes(2) + textBytes(scope.uuid.length);
  let bytes = objectBytes(3) + arrayBytes(scope.components.length);
  for (const { uuid } of scope.components) bytes += objectBytes(3) + textBytes(uuid.length);
  return bytes;
};
