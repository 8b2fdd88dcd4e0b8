import { listName, listOf, sliceOfKeyed } from '../../access/keyed-list.ts';
import type { Permission } from '../../model/permission.ts';
import type { GraphParts } from '../assignments/parts.ts';
import type { GraphBuilder } from '../builder.ts';
import { lookupCost } from '../field-facts.ts';
import { connectionOf } from '../relay/connections.ts';

/** `Query.permissions`: what roles can be made of. */
export const definePermissions = (builder: GraphBuilder, { defineConnection }: GraphParts): void => {
  const access = builder.enumType('PermissionAccess', {
    description: 'How far a permission goes.',
    values: {
      READ: { description: 'Looking at something.' },
      WRITE: { description: 'Changing something.' },
      USE: { description: 'Making use of something.' },
    } as const,
  });
  const permission = builder.objectRef<Permission>('Permission').implement({
    description: 'Something that a role can allow.',
    fields: (t) => ({
      name: t.exposeString('name', {
        description: 'Name of the permission. Send it to the letter as it is read here.',
      }),
      functionality: t.string({
        description: 'What the permission is for: its name without the last part where that says how far it goes.',
        resolve: ({ name }) => splitName(name).functionality,
      }),
      access: t.field({
        type: access,
        nullable: true,
        description: 'How far it goes. Null where its name does not end with a dot and Read, Write or Use.',
        resolve: ({ name }) => splitName(name).access,
      }),
    }),
  });
  const permissions = defineConnection<Permission>({
    name: 'Permission',
    node: permission,
    descriptions: {
      connection: 'A page of the permissions that there are.',
      items: 'permissions',
      edge: 'One permission, and where it stands in the list.',
      node: 'The permission.',
    },
  });
  builder.queryField('permissions', (t) =>
    t.field({
      type: permissions.connection,
      nullable: true,
      description:
        'All permissions that roles can be made of, by name: those that there are, not those of the caller. Costs a call for each thousand, which are kept as long as names are.',
      extensions: lookupCost,
      args: {
        ...t.arg.connectionArgs(),
        nameContains: t.arg.string({ description: 'Only permissions whose name has this in it, in capitals or not.' }),
      },
      resolve: async (_root, { nameContains, ...args }, { directory }) => {
        const wanted = nameContains?.toLowerCase();
        const found = (await directory.permissions()).filter(
          ({ name }) => wanted === undefined || name.toLowerCase().includes(wanted),
        );
        // A name is a place in the list, whenever the list was read.
        const list = listOf(found, ({ name }) => [name], {
          name: listName('permissions', wanted),
          asOfMs: 0,
          directions: [1],
        });
        return connectionOf(sliceOfKeyed(list, args));
      },
    }),
  );
};

/** For people to read: names are opaque, and some have a dot in the middle, or none. */
const splitName = (
  name: string,
): { readonly functionality: string; readonly access: 'READ' | 'WRITE' | 'USE' | null } => {
  const [, functionality = name, word] = /^(.+)\.(Read|Write|Use)$/s.exec(name) ?? [];
  return { functionality, access: word === undefined ? null : (word.toUpperCase() as 'READ' | 'WRITE' | 'USE') };
};
