import type { Device } from '../../../wire/devices.ts';
import { Problem } from '../../core/problem.ts';
import type { ApiRoute, Call, List } from '../../core/route.ts';
import { unknownField } from '../../core/http/canary.ts';
import { placesKey, type DirectoryState } from '../../world/directory/directory-state.ts';
import { answerBatch, answerObject, listOfSlots } from '../objects.ts';

const functionality = 'devices.read';
/** What servers and everything in front of them take as an address. */
const maxAddressBytes = 8192;
const batchPath = '/v1/devices:batchGet';

const functionalityStatuses = ['UNSPECIFIED', 'OK', 'ATTENTION_RECOMMENDED', 'ATTENTION_REQUIRED'].map(
  (name) => `DEVICE_FUNCTIONALITY_STATUS_${name}`,
);

/** The calls of device management, over a directory. */
export const createDevicesRoutes = (directory: DirectoryState): readonly ApiRoute[] => [
  {
    method: 'GET',
    path: '/v1/devices',
    functionality,
    parameters: {
      displayNames: { kind: 'text', isRepeated: true },
      functionalityStatus: { kind: 'enum', names: functionalityStatuses },
      isMuted: { kind: 'flag' },
    },
    list: (call) => listDevices(directory, call),
  },
  {
    method: 'GET',
    path: '/v1/devices/{deviceUuid}',
    functionality,
    parameters: { deviceUuid: { kind: 'uuid', isInPath: true } },
    read(call) {
      const uuid = call.args.text('deviceUuid');
      return { device: answerObject(directory, 'devices', call, uuid), ...unknownField('devices', uuid) };
    },
  },
  {
    method: 'GET',
    path: batchPath,
    functionality,
    parameters: { devicesUuids: { kind: 'uuid', isRepeated: true } },
    read(call) {
      const uuids = call.args.all('devicesUuids').filter((uuid) => uuid !== '');
      const address = `${batchPath}?${uuids.map((uuid) => `devicesUuids=${uuid}`).join('&')}`;
      if (address.length > maxAddressBytes) throw new Problem(414, 'the address is too long');
      return { devices: answerBatch(directory, 'devices', call, uuids), ...unknownField('devices', 'batch') };
    },
  },
  {
    method: 'GET',
    path: '/v1/device_groups',
    functionality,
    list({ places }) {
      const { groups } = directory.current();
      return listOfSlots('deviceGroups', directory.listOf('groups', places), groups);
    },
  },
  {
    method: 'GET',
    path: '/v1/device_groups/{groupUuid}/devices',
    functionality,
    parameters: { groupUuid: { kind: 'uuid', isInPath: true }, recurseSubgroups: { kind: 'flag' } },
    list: (call) => listMembers(directory, call),
  },
];

const listDevices = (directory: DirectoryState, { args, places }: Call): List => {
  const { devices } = directory.current();
  const names = new Set(args.all('displayNames').filter((name) => name !== ''));
  const status = args.text('functionalityStatus');
  const isMuted = args.flag('isMuted');
  const isWanted = (device: Device): boolean =>
    (names.size === 0 || names.has(device.displayName ?? '')) &&
    (status === '' || device.functionalityStatus === status) &&
    (isMuted === undefined || (device.isMuted ?? false) === isMuted);
  const all = directory.listOf('devices', places);
  const compared = devices.comparedAt ?? devices.at;
  const slots =
    names.size === 0 && status === '' && isMuted === undefined
      ? all
      : directory.keep(`devices ${args.canonical()} ${placesKey(places)}`, () =>
          all.filter((slot) => isWanted(compared(slot))),
        );
  return listOfSlots('devices', slots, devices);
};

/** Who is in a group. A device that is in several groups of the subtree is listed, and counted, once for each. */
const listMembers = (directory: DirectoryState, { args, places }: Call): List => {
  const { devices, groups, membersOf, within } = directory.current();
  const group = directory.find('groups', args.text('groupUuid'), places);
  if (group === undefined) throw new Problem(404, 'there is no such group');
  const isRecursive = args.flag('recurseSubgroups') ?? false;
  // Device and group of one membership stand side by side.
  const pairs = directory.keep(`members ${group} ${isRecursive} ${placesKey(places)}`, () => {
    const isVisible = places === 'all' ? undefined : within(places).devices;
    const found: number[] = [];
    for (const member of membersOf(group, isRecursive)) {
      if (isVisible === undefined || isVisible(member.device)) found.push(member.device, member.group);
    }
    return Uint32Array.from(found);
  });
  return {
    field: 'devices',
    size: pairs.length / 2,
    rows: (from, to) =>
      JSON.stringify(
        Array.from({ length: to - from }, (_, i) => {
          const { uuid, displayName } = devices.at(pairs[2 * (from + i)] as number);
          return { uuid, displayName, groupUuid: groups.at(pairs[2 * (from + i) + 1] as number).uuid };
        }),
      ),
    hasTotalSize: true,
    mayRepeatRows: true,
  };
};
