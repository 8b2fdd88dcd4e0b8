import { maxReferenceLength } from '../../model/contract.ts';
import type { RoleDefinition } from '../../model/role-change.ts';
import type { Endpoint } from '../endpoint.ts';
import { jsonBody, refusal, segment } from './asking.ts';
import { asObject, asText, asTexts, readNothing, readOneOf } from './reading.ts';

const path = '/v2/roles';

/** Makes a role. The answer is the only place where its permissions are ever seen, and its name need not be the one that was asked for. */
export const createRole: Endpoint<RoleDefinition, RoleDefinition> = {
  name: 'roles.create',
  domain: 'identity',
  method: 'POST',
  repeat: 'never',
  refusals: new Map([
    [
      400,
      'ESET Connect refused this role. Check that its name is free, and that its permissions are named as ESET Connect lists them.',
    ],
    [
      403,
      'ESET Connect denied access. Either the API user may not make roles, or the firewall in front of it took offence at the display name or the description: leave out markup and the like, and send it again. A new token does not help.',
    ],
    [409, 'ESET Connect has a role of this name already. Choose another name.'],
  ]),
  request({ name, displayName, description, permissionNames }) {
    // A longer one could be made and never deleted: the path takes no more.
    if (!/^[\w-]+$/.test(name) || name.length > maxReferenceLength) {
      throw refusal(`The name of a role has from 1 to ${maxReferenceLength} letters, digits, hyphens and underscores.`);
    }
    return { path, body: jsonBody({ role: { name, displayName, description, permissionNames } }) };
  },
  read: (body) =>
    readOneOf(body, 'role', (item) => {
      const { name, displayName, description, permissionNames } = asObject(item, 'the role');
      return {
        name: asText(name, 'name'),
        displayName: asText(displayName, 'displayName'),
        description: asText(description, 'description'),
        permissionNames: asTexts(permissionNames, 'permissionNames'),
      };
    }),
};

/** Deletes a role and takes it from every subject. There is no way back. */
export const deleteRole: Endpoint<{ readonly name: string }, undefined> = {
  name: 'roles.delete',
  domain: 'identity',
  method: 'DELETE',
  repeat: 'never',
  refusals: new Map([
    [400, 'ESET Connect refused to delete this role. Roles that come with the product cannot be deleted.'],
    [404, 'ESET Connect knows no role of this name.'],
  ]),
  request: ({ name }) => ({ path: `${path}/${segment(name, 'The name of a role')}` }),
  read: readNothing,
};
