import { maxReferenceLength } from '../model/contract.ts';
import { GatewayError } from '../model/errors.ts';
import { byKey } from './held-role.ts';
import { assignRole } from '../upstream/endpoints/role-assignments.ts';
import type { WantedChange } from './change.ts';

/** Changes of one mutation. */
export const maxChanges = 100;
/** Scopes of one change: how many upstream takes is not documented. */
const maxScopes = 100;

/**
 * Throws `BAD_USER_INPUT` for what upstream would refuse or take for something else, before anything is written. Answers the changes with each scope
 * once.
 */
export const checkChanges = (changes: readonly WantedChange[]): readonly WantedChange[] => {
  if (changes.length === 0) throw refuse('Name at least one change.');
  if (changes.length > maxChanges) {
    throw refuse(`At most ${maxChanges} changes can be made at once, these are ${changes.length}.`);
  }
  return changes.map((wanted) => {
    const { change } = wanted;
    const place = change.place === 'everywhere' ? change.place : [...byKey(change.place).values()];
    if (place.length > maxScopes && place !== 'everywhere') {
      throw refuse(`A change names at most ${maxScopes} scopes, this one names ${place.length}.`);
    }
    const checked = { ...change, place };
    // What cannot be sent says so itself.
    assignRole.request(checked);
    if (change.roleName.length > maxReferenceLength * 10) throw refuse('The name of the role is too long.');
    return { ...wanted, change: checked };
  });
};

const refuse = (message: string): GatewayError => new GatewayError('BAD_USER_INPUT', message);
