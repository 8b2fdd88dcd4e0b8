import type { Policy } from '../../model/policy.ts';
import type { Endpoint, ListEndpoint } from '../endpoint.ts';
import { pagePath, segment } from './asking.ts';
import { asFlag, asObject, asText, asTextOrNull, readOneOf, readPageOf } from './reading.ts';

const path = '/v2/policies';
const facts = { domain: 'policies', method: 'GET', repeat: 'safe' } as const;

/** Each policy carries all that it configures, 20 to 200 kB, whether it is wanted or not: larger pages could pass the bound on one answer. */
const maxPageSize = 50;

/** All policies, in no order. How many there are upstream does not say. */
export const listPolicies: ListEndpoint<Readonly<Record<string, never>>, Policy> = {
  ...facts,
  name: 'policies.list',
  maxPageSize,
  keyOf: ({ uuid }) => uuid,
  request: (page) => ({ path: pagePath(path, page, { maxPageSize }) }),
  read: (body) => readPageOf(body, 'policies', readPolicy),
};

/** One policy; `NOT_FOUND` where upstream does not know it. There is no call for several. */
export const getPolicy: Endpoint<{ readonly uuid: string }, Policy> = {
  ...facts,
  name: 'policies.get',
  request: ({ uuid }) => ({ path: `${path}/${segment(uuid, 'The uuid of a policy')}` }),
  read: (body) => readOneOf(body, 'policy', readPolicy),
};

/** Only what the graph serves: `features`, the configuration of whole products, is not even looked at. */
function readPolicy(item: unknown): Policy {
  const { uuid, displayName, description, builtIn } = asObject(item, 'a policy');
  return {
    uuid: asText(uuid, 'uuid'),
    displayName: asTextOrNull(displayName, 'displayName'),
    description: asTextOrNull(description, 'description'),
    isBuiltIn: asFlag(builtIn, 'builtIn'),
  };
}
