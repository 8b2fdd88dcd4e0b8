import { createScope, type Scope, type ScopeComponent, type ScopeKind } from '../../model/subject.ts';
import { arrayBytes, objectBytes, textBytes } from '../sizes.ts';

/** Nearly every scope has one component, which would take more room than the scope. */
export class CompactScope implements Scope {
  readonly kind: ScopeKind;
  readonly uuid: string;
  readonly #field: string;

  constructor({ kind, field, uuid }: ScopeComponent) {
    this.kind = kind;
    this.uuid = uuid;
    this.#field = field;
  }

  get components(): readonly ScopeComponent[] {
    return [{ kind: this.kind, field: this.#field, uuid: this.uuid }];
  }
}

/** The same scope, in less memory. */
export const compactScope = (scope: Scope): Scope => {
  const [component] = scope.components;
  return component !== undefined && scope.components.length === 1 ? new CompactScope(component) : scope;
};

/** The same scope, quicker to look at. */
export const plainScope = (scope: Scope): Scope =>
  scope instanceof CompactScope ? createScope(scope.components) : scope;

/** About how many bytes it takes. */
export const scopeBytes = (scope: Scope): number => {
  if (scope instanceof CompactScope) return objectBytes(3) + textBytes(scope.uuid.length);
  let bytes = objectBytes(3) + arrayBytes(scope.components.length);
  for (const { uuid } of scope.components) bytes += objectBytes(3) + textBytes(uuid.length);
  return bytes;
};
