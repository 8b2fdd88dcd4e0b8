import { maxDevicesInBatch, maxListPageSize } from '../../model/contract.ts';
import type { Device } from '../../model/device.ts';
import type { Endpoint, ListEndpoint } from '../endpoint.ts';
import { pagePath, queryOf, refusal, segment } from './asking.ts';
import {
  asEnumName,
  asFlag,
  asObject,
  asText,
  asTextOrNull,
  asTexts,
  readBatchOf,
  readOneOf,
  readPageOf,
} from './reading.ts';

const path = '/v1/devices';
const facts = { domain: 'devices', method: 'GET', repeat: 'safe' } as const;

/** All devices, in no order: a row may come twice. How many there are upstream does not say. */
export const listDevices: ListEndpoint<Readonly<Record<string, never>>, Device> = {
  ...facts,
  name: 'devices.list',
  maxPageSize: maxListPageSize,
  keyOf: ({ uuid }) => uuid,
  request: (page) => ({ path: pagePath(path, page, { maxPageSize: maxListPageSize }) }),
  read: (body) => readPageOf(body, 'devices', readDevice),
};

/** One device; `NOT_FOUND` where upstream does not know it. */
export const getDevice: Endpoint<{ readonly uuid: string }, Device> = {
  ...facts,
  name: 'devices.get',
  request: ({ uuid }) => ({ path: `${path}/${segment(uuid, 'The uuid of a device')}` }),
  read: (body) => readOneOf(body, 'device', readDevice),
};

/** Several devices, in the order asked: every one of them, or none and an error that does not say which is unknown. */
export const batchGetDevices: Endpoint<{ readonly uuids: readonly string[] }, readonly Device[]> = {
  ...facts,
  name: 'devices.batchGet',
  request({ uuids }) {
    if (uuids.length === 0 || uuids.length > maxDevicesInBatch) {
      throw refusal(`From 1 to ${maxDevicesInBatch} devices can be asked for at once.`);
    }
    return { path: `${path}:batchGet${queryOf(uuids.map((uuid) => ['devicesUuids', uuid]))}` };
  },
  read: (body) => readBatchOf(body, 'devices', readDevice),
};

/** Only what the graph serves. Above all not `deviceToken`, with which the device proves who it is, and not the fingerprints of its hardware. */
function readDevice(item: unknown): Device {
  const fields = asObject(item, 'a device');
  const system = fields['operatingSystem'];
  return {
    uuid: asText(fields['uuid'], 'uuid'),
    displayName: asTextOrNull(fields['displayName'], 'displayName'),
    deviceType: asEnumName(fields['deviceType'], 'DEVICE_TYPE_', 'deviceType'),
    operatingSystem:
      system === undefined || system === null
        ? null
        : asTextOrNull(asObject(system, 'operatingSystem')['displayName'], 'operatingSystem'),
    lastSyncTime: asTextOrNull(fields['lastSyncTime'], 'lastSyncTime'),
    functionalityStatus: asEnumName(
      fields['functionalityStatus'],
      'DEVICE_FUNCTIONALITY_STATUS_',
      'functionalityStatus',
    ),
    isMobile: asFlag(fields['isMobile'], 'isMobile'),
    parentGroupUuid: asTextOrNull(fields['parentGroupUuid'], 'parentGroupUuid'),
    tags: asTexts(fields['tags'], 'tags'),
  };
}
