import { GatewayError } from '../../model/errors.ts';
import type { GrantPlace } from '../../model/role-change.ts';
import type { Scope } from '../../model/subject.ts';
import { scopeOf, type ScopeInputValue } from '../assignments/inputs.ts';
import { parseNodeId } from '../relay/ids.ts';

/** What a client sends to say where a role is to be given or taken: exactly one of them. */
export interface GrantPlaceInputValue {
  readonly scopes?: readonly ScopeInputValue[] | null | undefined;
  readonly scopeIds?: readonly string[] | null | undefined;
  readonly everywhere?: boolean | null | undefined;
}

/** The place that an input names. Throws `BAD_USER_INPUT` for an empty one: upstream would take it for everywhere. */
export const placeOf = ({ scopes, scopeIds, everywhere }: GrantPlaceInputValue): GrantPlace => {
  if (everywhere === true) return 'everywhere';
  const named = scopes?.map(scopeOf) ?? scopeIds?.map(scopeById) ?? [];
  if (named.length === 0) {
    throw new GatewayError(
      'BAD_USER_INPUT',
      'A change names at least one scope, or says `everywhere: true`. An empty list is not taken for everywhere.',
    );
  }
  return named;
};

const scopeById = (id: string): Scope => {
  const name = parseNodeId(id);
  if (name.type !== 'Scope') {
    throw new GatewayError('BAD_USER_INPUT', `This is the id of a ${name.type}. Give the id of a scope.`);
  }
  return name.scope;
};
