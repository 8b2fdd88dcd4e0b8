import type { GraphParts } from '../assignments/parts.ts';
import type { GraphBuilder } from '../builder.ts';
import { lookupCost } from '../field-facts.ts';
import { addText, emptyChecksum } from '../../platform/checksum.ts';
import { type CursorKeys, sliceOf } from '../../assignments/in-memory-list.ts';
import type { Resolved } from '../../directory/resolved.ts';
import type { Device } from '../../model/device.ts';
import type { DeviceGroup } from '../../model/group.ts';
import type { Policy } from '../../model/policy.ts';
import type { User } from '../../model/user.ts';
import { andThen } from '../../platform/maybe-promise.ts';
import type { JoinPoint } from '../federation/join-points.ts';
import { connectionOf } from '../relay/connections.ts';
import { defineDateTime, toDateTime } from './date-time.ts';

/**
 * What the directory knows of the things that subjects and scopes are. `eset` stands between, so that another source's type of the same name can have
 * such fields of its own.
 */
export const defineDirectory = (builder: GraphBuilder, { types, enums, defineConnection }: GraphParts): void => {
  const dateTime = defineDateTime(builder);
  const { joinPoints } = types;
  const valueOf = <Value>({ value }: Resolved<Value>): Value | null => value ?? null;
  const esetUser = builder.objectRef<User>('EsetUser');
  const esetDevice = builder.objectRef<Device>('EsetDevice');
  const esetGroup = builder.objectRef<DeviceGroup>('EsetAssetGroup');
  const esetPolicy = builder.objectRef<Policy>('EsetPolicy');
  const groupOf = (uuid: string | null): JoinPoint | null => (uuid === null ? null : { typeName: 'AssetGroup', uuid });

  builder.objectType(esetUser, {
    description: 'A user as ESET knows them.',
    fields: (t) => ({
      displayName: t.exposeString('displayName', { nullable: true, description: 'What the user is called.' }),
      email: t.exposeString('email', { nullable: true, description: 'The primary mail address.' }),
      otherEmails: t.exposeStringList('otherEmails', { description: 'Further mail addresses that reach the user.' }),
      jobTitle: t.exposeString('jobTitle', { nullable: true, description: 'The job that the user has.' }),
      department: t.exposeString('department', { nullable: true, description: 'Where in the company the user works.' }),
      userGroups: t.field({
        type: [joinPoints.UserGroup],
        description:
          'The user groups that the user is in. May lag behind `UserGroup.members`: upstream keeps the two apart.',
        resolve: ({ userGroupUuids }) => userGroupUuids.map((uuid) => ({ typeName: 'UserGroup' as const, uuid })),
      }),
      protectionStatus: t.exposeString('protectionStatus', {
        nullable: true,
        description: "How far the user is protected, in upstream's word, such as FULLY_PROTECTED.",
      }),
    }),
  });
  builder.objectType(esetDevice, {
    description: 'A device as ESET knows it.',
    fields: (t) => ({
      displayName: t.exposeString('displayName', { nullable: true, description: 'What the device is called.' }),
      deviceType: t.exposeString('deviceType', {
        nullable: true,
        description: "What kind of device it is, in upstream's word, such as NOTEBOOK.",
      }),
      operatingSystem: t.exposeString('operatingSystem', {
        nullable: true,
        description: 'Name of its operating system.',
      }),
      lastSyncTime: t.field({
        type: dateTime,
        nullable: true,
        description: 'When it last reported; null where it never did.',
        resolve: ({ lastSyncTime }) => toDateTime(lastSyncTime),
      }),
      functionalityStatus: t.exposeString('functionalityStatus', {
        nullable: true,
        description: "Whether it needs attention, in upstream's word, such as OK.",
      }),
      isMobile: t.exposeBoolean('isMobile', { nullable: true, description: 'True for phones and tablets.' }),
      parentGroup: t.field({
        type: joinPoints.AssetGroup,
        nullable: true,
        description: 'The static group that holds the device.',
        resolve: ({ parentGroupUuid }) => groupOf(parentGroupUuid),
      }),
      tags: t.exposeStringList('tags', { description: 'Labels that somebody gave it.' }),
    }),
  });
  builder.objectType(esetGroup, {
    description: 'A device group as ESET knows it.',
    fields: (t) => ({
      displayName: t.exposeString('displayName', { nullable: true, description: 'What the group is called.' }),
      isStatic: t.exposeBoolean('isStatic', {
        description: 'True: devices were put into it. False: it holds those that meet a condition.',
      }),
      linkedTo: t.field({
        type: enums.scopeKind,
        nullable: true,
        description: 'The kind of thing that the group stands for. Which one, its uuid says, where it is the same.',
        resolve: ({ linkedTo }) => linkedTo,
      }),
      parentGroup: t.field({
        type: joinPoints.AssetGroup,
        nullable: true,
        description: 'The group that it lies in; null at a root.',
        resolve: ({ parentUuid }) => groupOf(parentUuid),
      }),
    }),
  });
  builder.objectType(esetPolicy, {
    description: 'A policy as ESET knows it, without what it configures.',
    fields: (t) => ({
      displayName: t.exposeString('displayName', { nullable: true, description: 'What the policy is called.' }),
      description: t.exposeString('description', { nullable: true, description: 'What somebody wrote about it.' }),
      isBuiltIn: t.exposeBoolean('isBuiltIn', { description: 'True where it comes with the product.' }),
    }),
  });

  const members = defineConnection<JoinPoint>({
    name: 'UserGroupMember',
    node: joinPoints.User,
    descriptions: {
      connection: 'A page of the members of a user group.',
      items: 'members',
      edge: 'One member of a user group, and where it stands in the list.',
      node: 'The member.',
    },
  });

  const because = 'Null where the directory does not know it or cannot be asked.';
  builder.objectField(joinPoints.User, 'eset', (t) =>
    t.field({
      type: esetUser,
      nullable: true,
      description: `What ESET knows of the user. ${because}`,
      extensions: lookupCost,
      resolve: ({ uuid }, _args, { directory }) => andThen(directory.user(uuid), valueOf<User>),
    }),
  );
  builder.objectField(joinPoints.Device, 'eset', (t) =>
    t.field({
      type: esetDevice,
      nullable: true,
      description: `What ESET knows of the device. ${because}`,
      extensions: lookupCost,
      resolve: ({ uuid }, _args, { directory }) => andThen(directory.device(uuid), valueOf<Device>),
    }),
  );
  builder.objectField(joinPoints.AssetGroup, 'eset', (t) =>
    t.field({
      type: esetGroup,
      nullable: true,
      description: `What ESET knows of the group. ${because}`,
      extensions: lookupCost,
      resolve: ({ uuid }, _args, { directory }) => andThen(directory.assetGroup(uuid), valueOf<DeviceGroup>),
    }),
  );
  builder.objectField(joinPoints.Policy, 'eset', (t) =>
    t.field({
      type: esetPolicy,
      nullable: true,
      description: `What ESET knows of the policy. ${because}`,
      extensions: lookupCost,
      resolve: ({ uuid }, _args, { directory }) => andThen(directory.policy(uuid), valueOf<Policy>),
    }),
  );
  builder.objectField(joinPoints.UserGroup, 'members', (t) =>
    t.field({
      type: members.connection,
      nullable: true,
      description:
        'Who is in the group, by name. Costs a call for each thousand. Empty where upstream does not know the group; null where the directory cannot be asked.',
      args: t.arg.connectionArgs(),
      extensions: lookupCost,
      resolve: async (group, args, { directory }) => {
        const found = await directory.membersOf(group.uuid);
        if (found.resolution !== 'FOUND') return null;
        const items = found.value.map(({ uuid }): JoinPoint => ({ typeName: 'User', uuid }));
        return connectionOf(sliceOf({ items, names: memberCursorKeys, owner: group, ownArguments: '' }, args));
      },
    }),
  );
};

/** Who is in a user group. */
const memberCursorKeys: CursorKeys<JoinPoint, JoinPoint> = {
  sumOf: ({ uuid }, ownArguments) => addText(addText(addText(emptyChecksum, 'members'), uuid), ownArguments),
  addItem: (sum, { uuid }) => addText(sum, uuid),
};
