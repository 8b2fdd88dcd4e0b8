import { maxListPageSize } from '../../model/contract.ts';
import type { Permission } from '../../model/permission.ts';
import type { ListEndpoint } from '../endpoint.ts';
import { pagePath } from './asking.ts';
import { asObject, asText, readPageOf } from './reading.ts';

const path = '/v2/permissions';

/** All permissions that there are, not those of the caller, in no order. How many upstream does not say. */
export const listPermissions: ListEndpoint<Readonly<Record<string, never>>, Permission> = {
  name: 'permissions.list',
  domain: 'identity',
  method: 'GET',
  repeat: 'safe',
  maxPageSize: maxListPageSize,
  keyOf: ({ name }) => name,
  request: (page) => ({ path: pagePath(path, page, { maxPageSize: maxListPageSize }) }),
  read: (body) =>
    readPageOf(body, 'permissions', (item) => ({ name: asText(asObject(item, 'a permission')['name'], 'name') })),
};
