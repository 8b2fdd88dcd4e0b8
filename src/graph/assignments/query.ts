import { sliceOfKeyed } from '../../access/keyed-list.ts';
import type { SubjectsQuestion } from '../../assignments/assignments.ts';
import { rawSubjectTypeOf, type Subject, type SubjectType } from '../../model/subject.ts';
import type { Assignments } from '../../assignments/assignments.ts';
import { checkRoleName } from '../../assignments/list/query-plan.ts';
import type { GraphBuilder } from '../builder.ts';
import { Connection } from '../relay/connections.ts';
import { listCost, lookupCost } from '../field-facts.ts';
import { includeNestedScopesOptions, roleFilterOf, rolesMeeting, scopeOf } from './inputs.ts';
import type { GraphParts } from './parts.ts';
import { checkLookupCount } from '../relay/node.ts';

/** The caller, as far as its credential tells. */
interface ViewerHandle {
  readonly reference: string | null;
}

/** The entry points of the graph, but for `node` and `nodes`. */
export const defineQuery = (builder: GraphBuilder, { types, enums, inputs, connections }: GraphParts): void => {
  const viewer = builder.objectRef<ViewerHandle>('Viewer');
  builder.queryType({
    description: 'Who has which role, where.',
    fields: (t) => {
      const includeNestedScopes = t.arg.boolean(includeNestedScopesOptions);
      return {
        subjects: t.field({
          type: connections.subjects,
          extensions: listCost,
          nullable: true,
          description: 'The subjects that the caller may see.',
          args: {
            ...t.arg.connectionArgs(),
            filter: t.arg({ type: inputs.subjectFilter, description: 'Which subjects to list. Default: all.' }),
            orderBy: t.arg({
              type: [inputs.subjectOrder],
              description: "Keys to sort by. Default: upstream's own order.",
            }),
            includeNestedScopes,
          },
          resolve: async (_root, { filter, orderBy, includeNestedScopes, ...args }, { access, assignments }) => {
            const role = roleFilterOf({ ...filter, name: filter?.roleName });
            const question: SubjectsQuestion = {
              ...(typeof filter?.reference === 'string' && { reference: filter.reference }),
              ...(filter?.type && { type: filter.type }),
              ...(role !== undefined && { role }),
              orderBy: orderBy ?? [],
              includeNestedScopes: includeNestedScopes ?? false,
            };
            const text = filter?.text;
            const rolesOf = (subject: Subject) => rolesMeeting(subject, role);
            if (typeof text !== 'string')
              return new Connection(await assignments.list(question, args), rolesOf, undefined);
            const { list, gaps } = await access.searchSubjects({ ...question, text });
            return new Connection(sliceOfKeyed(list, args), rolesOf, { asOfMs: list.asOfMs, gaps });
          },
        }),
        subject: t.field({
          type: types.subject,
          extensions: lookupCost,
          nullable: true,
          description: 'One subject by its reference. Null where upstream does not know it.',
          args: {
            reference: t.arg.string({
              required: true,
              description: 'Reference of the subject, at most 100 characters.',
            }),
            type: t.arg({ type: enums.subjectType, description: 'Type that the subject must have. Default: any.' }),
            includeNestedScopes,
          },
          resolve: (_root, { reference, type, includeNestedScopes }, { assignments }) =>
            findSubject(assignments, reference, type ?? undefined, includeNestedScopes ?? false),
        }),
        subjectsByReference: t.field({
          type: [types.subject],
          extensions: lookupCost,
          nullable: { list: false, items: true },
          description:
            'Several subjects by their references, at most 1000, in the order asked. Null for what upstream does not know. Costs far fewer calls than one lookup each.',
          args: {
            references: t.arg.stringList({ required: true, description: 'References of subjects, at most 1000.' }),
            includeNestedScopes,
          },
          resolve: (_root, { references, ...args }, { assignments }) => {
            checkLookupCount('references', references);
            const includeNestedScopes = args.includeNestedScopes ?? false;
            // A reference that is asked for a thousand times is looked at, and refused, once.
            const known = new Map<string, ReturnType<Assignments['find']>>();
            return references.map((reference) => {
              let subject = known.get(reference);
              if (subject === undefined) {
                known.set(reference, (subject = assignments.find({ reference, includeNestedScopes })));
              }
              return subject;
            });
          },
        }),
        role: t.field({
          type: types.role,
          description: 'A role by its name. Costs nothing until its subjects are asked for.',
          args: { name: t.arg.string({ required: true, description: 'Name of the role.' }) },
          resolve: (_root, { name }) => {
            checkRoleName(name);
            return { roleName: name };
          },
        }),
        scope: t.field({
          type: types.scope,
          description: 'A scope by what it names. Costs nothing until its subjects are asked for.',
          args: { by: t.arg({ type: inputs.scope, required: true, description: 'What the scope names.' }) },
          resolve: (_root, { by }) => scopeOf(by),
        }),
        viewer: t.field({
          type: viewer,
          description: 'The caller of this query.',
          resolve: (_root, _args, { operation }) => ({ reference: operation.caller?.reference ?? null }),
        }),
      };
    },
  });

  builder.objectType(viewer, {
    description: 'The caller, as far as its credential tells.',
    fields: (t) => ({
      reference: t.exposeString('reference', {
        nullable: true,
        description:
          "The `sub` of the caller's token, unverified. Null where the credential is not a JWT with a `sub`.",
      }),
      subject: t.field({
        type: types.subject,
        extensions: lookupCost,
        nullable: true,
        description: 'The subject that the caller is, with its roles. Null where upstream does not know it.',
        resolve: ({ reference }, _args, { assignments }) =>
          reference === null ? null : assignments.find({ reference, includeNestedScopes: false }),
      }),
    }),
  });
};

const findSubject = async (
  assignments: Assignments,
  reference: string,
  type: SubjectType | undefined,
  includeNestedScopes: boolean,
) => {
  if (type === undefined) return assignments.find({ reference, includeNestedScopes });
  if (type !== 'UNKNOWN') return assignments.find({ reference, rawType: rawSubjectTypeOf(type), includeNestedScopes });
  // UNKNOWN stands for words that we do not know, so upstream cannot be asked for it. Its list tells the word.
  const question: SubjectsQuestion = { reference, type, orderBy: [], includeNestedScopes };
  const [first] = (await assignments.list(question, { first: 1 })).items;
  return first === undefined ? null : assignments.find({ reference, rawType: first.rawType, includeNestedScopes });
};
