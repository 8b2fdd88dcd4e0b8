import type { ChangeProblem } from '../../writes/change.ts';
import type { DeletedRole } from '../../writes/writes.ts';
import type { GraphParts } from '../assignments/parts.ts';
import type { GraphBuilder, TypeRef } from '../builder.ts';
import type { RoleHandle } from '../relay/node-types.ts';
import { clientMutationId } from './change-roles.ts';

interface CreateRolePayload {
  readonly role: RoleHandle | null;
  readonly problem: ChangeProblem | null;
  readonly clientMutationId: string | null;
}

interface DeleteRolePayload extends DeletedRole {
  readonly clientMutationId: string | null;
}

/** `Mutation.createRole` and `Mutation.deleteRole`. */
export const defineRoleChanges = (
  builder: GraphBuilder,
  { types }: GraphParts,
  problem: TypeRef<ChangeProblem>,
): void => {
  const created = builder.objectRef<CreateRolePayload>('CreateRolePayload').implement({
    description: 'What became of a role that was to be made.',
    fields: (t) => ({
      role: t.expose('role', {
        type: types.role,
        nullable: true,
        description:
          'The role, by the name that upstream gave it, which need not be the one that was asked for. Null where it was not made, or where nobody knows.',
      }),
      problem: t.expose('problem', {
        type: problem,
        nullable: true,
        description: 'What upstream said against it, or that the outcome is unknown. Null where the role was made.',
      }),
      clientMutationId: t.exposeString('clientMutationId', { nullable: true, description: clientMutationId.answer }),
    }),
  });
  const deleted = builder.objectRef<DeleteRolePayload>('DeleteRolePayload').implement({
    description: 'What became of a role that was to be deleted.',
    fields: (t) => ({
      deletedName: t.exposeString('name', {
        nullable: true,
        description: 'Name of the role that is gone. Null where it was not deleted, or where nobody knows.',
      }),
      formerHolders: t.expose('formerHolders', {
        type: [types.subject],
        description:
          'Who held the role and was seen without it, as they are afterwards. Upstream lists those no more who held nothing else: they have no roles here.',
      }),
      problem: t.expose('problem', {
        type: problem,
        nullable: true,
        description: 'What upstream said against it, or that the outcome is unknown. Null where the role was deleted.',
      }),
      clientMutationId: t.exposeString('clientMutationId', { nullable: true, description: clientMutationId.answer }),
    }),
  });

  const createInput = builder.inputType('CreateRoleInput', {
    description: 'A role to be made.',
    fields: (t) => ({
      name: t.string({
        required: true,
        description: 'Name of the role: from 1 to 100 letters, digits, hyphens and underscores.',
      }),
      displayName: t.string({ required: true, description: 'What people call the role.' }),
      description: t.string({ description: 'What the role is for.' }),
      permissions: t.stringList({
        required: true,
        description: 'What the role allows: names of `Query.permissions`, to the letter.',
      }),
      clientMutationId: t.string({ description: clientMutationId.input }),
    }),
  });
  const deleteInput = builder.inputType('DeleteRoleInput', {
    description: 'A role to be deleted.',
    fields: (t) => ({
      name: t.string({ required: true, description: 'Name of the role.' }),
      confirmHolders: t.int({
        required: true,
        description:
          'How many subjects hold the role, all of whom lose it. Compared with a census that is made now: any other number is refused, and the true one told.',
      }),
      clientMutationId: t.string({ description: clientMutationId.input }),
    }),
  });

  builder.mutationField('createRole', (t) =>
    t.field({
      type: created,
      description:
        'Makes a role that nobody holds yet. Its permissions cannot be read back later. One call, never sent again where its answer is lost: upstream lets nobody look whether the role is there.',
      args: { input: t.arg({ type: createInput, required: true, description: 'The role.' }) },
      resolve: async (_root, { input }, { writes }) => {
        const { name, displayName, description, permissions } = input;
        const made = await writes.createRole({
          name,
          displayName,
          description: description ?? '',
          permissionNames: permissions,
        });
        return {
          role: made.name === null ? null : { roleName: made.name },
          problem: made.problem,
          clientMutationId: input.clientMutationId ?? null,
        };
      },
    }),
  );
  builder.mutationField('deleteRole', (t) =>
    t.field({
      type: deleted,
      description:
        'Deletes a role and takes it from everybody, for good. Costs a census before, and afterwards a call for each former holder or another census, whichever is less. Roles that came with the product stay.',
      args: { input: t.arg({ type: deleteInput, required: true, description: 'The role.' }) },
      resolve: async (_root, { input: { name, confirmHolders, clientMutationId: id } }, { writes }) => ({
        ...(await writes.deleteRole(name, confirmHolders)),
        clientMutationId: id ?? null,
      }),
    }),
  );
};
