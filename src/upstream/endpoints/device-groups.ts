import { maxListPageSize } from '../../model/contract.ts';
import type { DeviceGroup, GroupMember } from '../../model/group.ts';
import type { ScopeKind } from '../../model/subject.ts';
import type { ListEndpoint } from '../endpoint.ts';
import { pagePath, segment } from './asking.ts';
import { asEnumName, asFlag, asObject, asText, asTextOrNull, readPageOf } from './reading.ts';

const path = '/v1/device_groups';
const facts = { domain: 'devices', method: 'GET', repeat: 'safe', maxPageSize: maxListPageSize } as const;

/** All device groups, flat and in no order. There is no call for one of them. */
export const listDeviceGroups: ListEndpoint<Readonly<Record<string, never>>, DeviceGroup> = {
  ...facts,
  name: 'deviceGroups.list',
  keyOf: ({ uuid }) => uuid,
  request: (page) => ({ path: pagePath(path, page, facts) }),
  read: (body) => readPageOf(body, 'deviceGroups', readGroup),
};

/** Whose devices are listed. */
export interface GroupMembersQuestion {
  readonly groupUuid: string;
  /** True: a device is listed once for each group below this one that it is in, and `totalSize` counts it as often. */
  readonly recurseSubgroups: boolean;
}

/** The devices of a group. */
export const listGroupMembers: ListEndpoint<GroupMembersQuestion, GroupMember> = {
  ...facts,
  name: 'deviceGroups.members',
  keyOf: ({ uuid, groupUuid }) => `${uuid.length}:${uuid}${groupUuid ?? ''}`,
  request: ({ question: { groupUuid, recurseSubgroups }, ...page }) => ({
    path: pagePath(`${path}/${segment(groupUuid, 'The uuid of a group')}/devices`, page, {
      ...facts,
      parameters: [['recurseSubgroups', recurseSubgroups || undefined]],
    }),
  }),
  read: (body) =>
    readPageOf(body, 'devices', (item) => {
      const { uuid, displayName, groupUuid } = asObject(item, 'a device of a group');
      return {
        uuid: asText(uuid, 'uuid'),
        displayName: asTextOrNull(displayName, 'displayName'),
        groupUuid: asTextOrNull(groupUuid, 'groupUuid'),
      };
    }),
};

/** Asset management has another word for a company, and a linked thing that is no scope is `UNKNOWN`. */
const kindByEntityType: Readonly<Record<string, ScopeKind | null>> = {
  UNSPECIFIED: null,
  COMPANY: 'CUSTOMER',
  CUSTOMER: 'CUSTOMER',
  MSP: 'MSP',
  SITE: 'SITE',
};

function readGroup(item: unknown): DeviceGroup {
  const fields = asObject(item, 'a device group');
  const linked = asEnumName(fields['linkedEntityType'], 'DEVICE_GROUP_ENTITY_TYPE_', 'linkedEntityType');
  return {
    uuid: asText(fields['uuid'], 'uuid'),
    displayName: asTextOrNull(fields['displayName'], 'displayName'),
    parentUuid: asTextOrNull(fields['parentGroupUuid'], 'parentGroupUuid'),
    isStatic: asFlag(fields['isSecurityGroup'], 'isSecurityGroup'),
    linkedTo:
      linked === null ? null : Object.hasOwn(kindByEntityType, linked) ? (kindByEntityType[linked] ?? null) : 'UNKNOWN',
  };
}
