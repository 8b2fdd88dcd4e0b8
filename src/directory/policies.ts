import type { Operation } from '../model/operation.ts';
import type { Policy } from '../model/policy.ts';
import { getPolicy, listPolicies } from '../upstream/endpoints/policies.ts';
import { plainList } from '../pages/paged-list.ts';
import { plainValues } from '../pages/values/value-kind.ts';
import { createKindByUuid, type FindByUuid } from './by-uuid.ts';
import type { Outlook } from './directory.ts';
import { type DirectoryParts, listedIn, openList } from './sources.ts';

/** Policies cannot be asked for together: one at a time, or the list of all where that costs less. */
export const createPolicies = (
  parts: DirectoryParts,
): ((operation: Operation, outlook?: Outlook) => FindByUuid<Policy>) => {
  const { upstream, pages, closed, clock, ttlMs } = parts;
  const list = openList(
    parts,
    listPolicies,
    plainList({
      name: listPolicies.name,
      keyOf: listPolicies.keyOf,
    }),
  );
  const kept = pages.openValues<Policy>({ kind: plainValues(getPolicy.name), ttlMs });
  const { domain } = listPolicies;
  return createKindByUuid({
    domain,
    isThere: upstream.has(domain),
    closed,
    clock,
    ttlMs,
    maxBatch: 1,
    async fetch([uuid = ''], operation) {
      const { value, receivedAtMs } = await upstream.call(getPolicy, { uuid }, operation);
      return { values: [value], atMs: receivedAtMs };
    },
    keyOf: ({ uuid }) => uuid,
    listed: (uuid, operation) => listedIn(list, {}, uuid, operation),
    kept,
    readAll: (operation) => list.whole.read({}, operation),
    readOn: (operation) => list.whole.readOn({}, operation),
    isFirstPageKept: (operation) => list.whole.isFirstPageKept({}, operation),
    costOfAll: (operation) => list.whole.costOf({}, operation) ?? usualListCalls,
  });
};

/** An account has some dozens to hundreds of policies, at fifty a page: what the list is taken to cost until it has been read once. */
const usualListCalls = 4;
