import { GatewayError } from '../../model/errors.ts';
import { rawSubjectTypeOf, type SubjectType } from '../../model/subject.ts';
import type { ChangeKind, ChangeProblem, ChangeResult, WantedChange } from '../../writes/change.ts';
import { checkReference } from '../../assignments/list/query-plan.ts';
import type { GraphParts } from '../assignments/parts.ts';
import type { GraphBuilder, TypeRef } from '../builder.ts';
import { placeOf, type GrantPlaceInputValue } from './places.ts';

interface RoleChangesPayload {
  readonly dryRun: boolean;
  readonly results: readonly ChangeResult[];
  readonly clientMutationId: string | null;
}

/** `Mutation.assignRoles` and `Mutation.revokeRoles`. */
export const defineChangeRoles = (
  builder: GraphBuilder,
  { types, enums, inputs }: GraphParts,
  problem: TypeRef<ChangeProblem>,
): void => {
  const status = builder.enumType('ChangeStatus', {
    description: 'What became of a change.',
    values: {
      CHANGED: { description: 'It was made, and the subject was read afterwards and shows it.' },
      UNCHANGED: { description: 'It was so already, and nothing was written.' },
      WOULD_CHANGE: { description: 'It would be made if this were no dry run.' },
      FAILED: { description: 'It was not made, or not as it was asked for: `problem` says why.' },
      UNKNOWN: {
        description:
          'Nobody knows whether it was made, or will be yet: `problem` says what to do. It was not sent again on a guess.',
      },
    } as const,
  });
  const result = builder.objectRef<ChangeResult>('RoleChangeResult').implement({
    description: 'What became of one change: what is so, as it was read from upstream, and not what was hoped.',
    fields: (t) => ({
      status: t.expose('status', { type: status, description: 'What became of it.' }),
      subject: t.expose('subject', {
        type: types.subject,
        nullable: true,
        description:
          'The subject as it is afterwards, read anew. Null where it could not be read, or where upstream lists none.',
      }),
      added: t.expose('added', {
        type: [types.scopedRole],
        description:
          'What the subject holds of this role now and did not before, with just the scopes that came. In a dry run what would come.',
      }),
      removed: t.expose('removed', {
        type: [types.scopedRole],
        description:
          'What the subject held of this role before and does not now, with just the scopes that went. In a dry run what would go.',
      }),
      problem: t.expose('problem', {
        type: problem,
        nullable: true,
        description: 'What is wrong. Null where nothing is.',
      }),
    }),
  });
  const payload = builder.objectRef<RoleChangesPayload>('RoleChangesPayload').implement({
    description: 'What became of changes of roles.',
    fields: (t) => ({
      dryRun: t.exposeBoolean('dryRun', { description: 'True where nothing was written.' }),
      results: t.expose('results', { type: [result], description: 'One for each change, in the order given.' }),
      clientMutationId: t.exposeString('clientMutationId', { nullable: true, description: clientMutationId.answer }),
    }),
  });

  const subject = builder.inputType('WriteSubjectInput', {
    description: 'Whom a role is given to or taken from.',
    fields: (t) => ({
      reference: t.string({ required: true, description: 'Reference of the subject, at most 100 characters.' }),
      type: t.field({
        type: enums.subjectType,
        required: true,
        description: 'Type of the subject, as the graph gives it.',
      }),
    }),
  });
  const place = builder.inputType('GrantPlaceInput', {
    description:
      'Where a role is given or taken, by exactly one of its fields. Everywhere has to be said: an empty list is refused.',
    isOneOf: true,
    fields: (t) => ({
      scopes: t.field({ type: [inputs.scope], description: 'At these scopes, from 1 to 100.' }),
      scopeIds: t.idList({
        description:
          'At the scopes with these ids, from 1 to 100, as the graph gave them: for scopes with several components, or with ones that are not known here.',
      }),
      everywhere: t.boolean({
        description:
          'Everywhere; must be true. Revoking everywhere takes the role that is held everywhere, and leaves its scopes.',
      }),
    }),
  });
  const change = builder.inputType('RoleChangeInput', {
    description: 'One role, for one subject, to be given or taken.',
    fields: (t) => ({
      subject: t.field({ type: subject, required: true, description: 'Whose role it is.' }),
      roleName: t.string({ required: true, description: 'Name of the role.' }),
      at: t.field({ type: place, required: true, description: 'Where it is given or taken.' }),
    }),
  });
  const input = builder.inputType('RoleChangesInput', {
    description: 'Changes of roles.',
    fields: (t) => ({
      changes: t.field({
        type: [change],
        required: true,
        description: 'The changes, from 1 to 100, made in this order.',
      }),
      dryRun: t.boolean({ defaultValue: false, description: 'Whether to tell what would change, and write nothing.' }),
      clientMutationId: t.string({ description: clientMutationId.input }),
    }),
  });

  const define = (name: 'assignRoles' | 'revokeRoles', kind: ChangeKind, description: string): void =>
    builder.mutationField(name, (t) =>
      t.field({
        type: payload,
        description,
        args: { input: t.arg({ type: input, required: true, description: 'The changes.' }) },
        resolve: async (_root, { input: { changes, dryRun, clientMutationId } }, { writes }) => ({
          dryRun: dryRun ?? false,
          results: await writes.changeRoles(
            changes.map((change) => wantedOf(kind, change)),
            dryRun ?? false,
          ),
          clientMutationId: clientMutationId ?? null,
        }),
      }),
    );
  const each =
    'Each change reads the subject anew, writes once where something is to be changed, and reads again, three calls; one that fails does not stop the rest. Everything that is kept for the caller is stale afterwards.';
  define('assignRoles', 'assign', `Gives roles to subjects, which keep what they have. ${each}`);
  define(
    'revokeRoles',
    'revoke',
    `Takes roles from subjects, which keep the rest. A revocation that upstream takes for a grant of everything is undone at once. ${each}`,
  );
};

export const clientMutationId = {
  input: 'Handed back as it is, for clients that want to tell their mutations apart.',
  answer: 'What the input had in this field.',
} as const;

interface RoleChangeInputValue {
  readonly subject: { readonly reference: string; readonly type: SubjectType };
  readonly roleName: string;
  readonly at: GrantPlaceInputValue;
}

const wantedOf = (
  kind: ChangeKind,
  { subject: { reference, type }, roleName, at }: RoleChangeInputValue,
): WantedChange => {
  checkReference(reference);
  if (type === 'UNKNOWN') {
    throw new GatewayError('BAD_USER_INPUT', 'A subject of a type that this version does not know cannot be changed.');
  }
  return {
    kind,
    change: { subjectReference: reference, rawSubjectType: rawSubjectTypeOf(type), roleName, place: placeOf(at) },
  };
};
