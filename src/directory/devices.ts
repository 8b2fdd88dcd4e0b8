import { maxDevicesInBatch } from '../model/contract.ts';
import type { Device } from '../model/device.ts';
import type { Operation } from '../model/operation.ts';
import { batchGetDevices, listDevices } from '../upstream/endpoints/devices.ts';
import { plainList } from '../pages/paged-list.ts';
import { plainValues } from '../pages/values/value-kind.ts';
import { createKindByUuid, type FindByUuid } from './by-uuid.ts';
import type { Outlook } from './directory.ts';
import { type DirectoryParts, listedIn, openList } from './sources.ts';

/** Devices come in batches of a hundred, whose uuids stand in the address, or from the list of all where that costs less. */
export const createDevices = (
  parts: DirectoryParts,
): ((operation: Operation, outlook?: Outlook) => FindByUuid<Device>) => {
  const { upstream, pages, closed, clock, ttlMs } = parts;
  const list = openList(
    parts,
    listDevices,
    plainList({
      name: listDevices.name,
      keyOf: listDevices.keyOf,
    }),
  );
  const kept = pages.openValues<Device>({ kind: plainValues(batchGetDevices.name), ttlMs });
  const { domain } = listDevices;
  return createKindByUuid({
    domain,
    isThere: upstream.has(domain),
    closed,
    clock,
    ttlMs,
    maxBatch: maxDevicesInBatch,
    async fetch(uuids, operation) {
      const { value, receivedAtMs } = await upstream.call(batchGetDevices, { uuids }, operation);
      return { values: value, atMs: receivedAtMs };
    },
    keyOf: ({ uuid }) => uuid,
    listed: (uuid, operation) => listedIn(list, {}, uuid, operation),
    kept,
    readAll: (operation) => list.whole.read({}, operation),
    readOn: (operation) => list.whole.readOn({}, operation),
    isFirstPageKept: (operation) => list.whole.isFirstPageKept({}, operation),
    costOfAll: (operation) => list.whole.costOf({}, operation),
  });
};
