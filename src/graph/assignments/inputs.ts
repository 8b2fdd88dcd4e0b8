import { matchingRoles } from '../../assignments/list/filter.ts';
import type { RoleFilter, ScopeMatcher } from '../../assignments/assignments.ts';
import { GatewayError } from '../../model/errors.ts';
import {
  type KnownScopeField,
  kindByScopeField,
  createScope,
  kindOfScopeField,
  type Scope,
  type ScopedRole,
  type Subject,
} from '../../model/subject.ts';
import type { GraphBuilder } from '../builder.ts';
import type { GraphEnums } from './enums.ts';

/** What a client sends to name a scope: one of the nine fields. GraphQL itself refuses none and several. */
export type ScopeInputValue = { readonly [Field in KnownScopeField]?: string | null | undefined };

/** The input types of the graph. */
export const defineInputs = (builder: GraphBuilder, enums: GraphEnums) => {
  const scope = builder.inputType('ScopeInput', {
    description: 'Names one scope by exactly one of its fields.',
    isOneOf: true,
    fields: (t) => ({
      assetGroupUuid: t.id({ description: 'An asset group by its uuid.' }),
      customerUuid: t.id({ description: 'A customer by its uuid.' }),
      deviceUuid: t.id({ description: 'A device by its uuid.' }),
      mspUuid: t.id({ description: 'A managed service provider by its uuid.' }),
      policyUuid: t.id({ description: 'A policy by its uuid.' }),
      siteUuid: t.id({ description: 'A site by its uuid.' }),
      subscriptionUuid: t.id({ description: 'A subscription by its uuid.' }),
      tenantUuid: t.id({ description: 'A tenant by its uuid.' }),
      userUuid: t.id({ description: 'A user by its uuid.' }),
    }),
  });
  const subject = builder.inputType('SubjectInput', {
    description: 'Names one subject.',
    fields: (t) => ({
      reference: t.string({ required: true, description: 'Reference of the subject, at most 100 characters.' }),
      type: t.field({
        type: enums.subjectType,
        description:
          'Type of the subject. Default: whichever upstream lists under the reference; a user where it lists none. In the record: any.',
      }),
    }),
  });
  const subjectFilter = builder.inputType('SubjectFilter', {
    description:
      'Which subjects to list. Several fields all have to be met; `roleName`, `scopes` and `isGlobal` by one and the same scoped role.',
    fields: (t) => ({
      reference: t.string({ description: 'Only the subject with this reference, at most 100 characters.' }),
      type: t.field({ type: enums.subjectType, description: 'Only subjects of this type.' }),
      roleName: t.string({ description: 'Only subjects that hold a role of this name.' }),
      scopes: t.field({
        type: [scope],
        description:
          'Only subjects that are named at any of these scopes: with a role that lists one of them. A global role lists none, so it counts only with `includeGlobal`.',
      }),
      includeGlobal: t.boolean(includeGlobalOptions),
      isGlobal: t.boolean({
        description:
          'True: only subjects with a role that is held everywhere. False: only subjects with a role that is not. Default: both.',
      }),
      text: t.string({
        description:
          'Only subjects that have this in their name, mail address or reference, as `search` finds it; 2 to 200 characters. They come as `search` orders them, unless `orderBy` says otherwise. Costs a census, as `Query.census` does, and the names of the account.',
      }),
    }),
  });
  const subjectOrder = builder.inputType('SubjectOrder', {
    description: 'One key to sort subjects by. The first key of a list counts most.',
    fields: (t) => ({
      field: t.field({ type: enums.orderField, required: true, description: 'What to sort by.' }),
      direction: t.field({
        type: enums.orderDirection,
        required: true,
        defaultValue: 'ASC',
        description: 'Which end comes first.',
      }),
    }),
  });
  return { scope, subject, subjectFilter, subjectOrder };
};

/** The scope that an input names. */
export const scopeOf = (input: ScopeInputValue): Scope => {
  const [component] = scopeMatcherOf(input);
  if (component === undefined) throw new GatewayError('BAD_USER_INPUT', noScopeField);
  return createScope([{ kind: kindOfScopeField(component.field), ...component }]);
};

/** What a listed scope must have to be the one that an input names. */
const scopeMatcherOf = (input: ScopeInputValue): ScopeMatcher => {
  for (const field of Object.keys(kindByScopeField) as KnownScopeField[]) {
    const uuid = input[field];
    if (uuid === undefined || uuid === null) continue;
    if (uuid === '') throw new GatewayError('BAD_USER_INPUT', `${field} is empty: give the uuid of the scope.`);
    return [{ field, uuid }];
  }
  throw new GatewayError('BAD_USER_INPUT', noScopeField);
};

const noScopeField = 'A scope needs exactly one of its fields, such as customerUuid.';

/** What may name scoped roles in arguments and filters. */
interface RoleFilterInput {
  readonly name?: string | null | undefined;
  readonly scopes?: readonly ScopeInputValue[] | null | undefined;
  readonly includeGlobal?: boolean | null | undefined;
  readonly isGlobal?: boolean | null | undefined;
}

/** A filter on scoped roles from the arguments that name one; undefined where they ask for nothing. */
export const roleFilterOf = ({ name, scopes, includeGlobal, isGlobal }: RoleFilterInput): RoleFilter | undefined => {
  // Asked for every subject of an answer, nearly always with nothing.
  if ((name ?? scopes ?? isGlobal ?? undefined) === undefined) return undefined;
  return {
    ...(typeof name === 'string' && { name }),
    ...(scopes && { scopes: scopes.map(scopeMatcherOf), ...(includeGlobal === true && { includeGlobal }) }),
    ...(typeof isGlobal === 'boolean' && { isGlobal }),
  };
};

/** The roles that the filter asks for; all where it asks for none in particular. */
export const rolesMeeting = (subject: Subject, filter: RoleFilter | undefined): readonly ScopedRole[] =>
  filter === undefined ? subject.roles : matchingRoles(subject, filter);

/** The argument beside every one that names scopes. */
export const includeGlobalOptions = {
  defaultValue: false,
  description:
    'Whether roles that are held everywhere count as well: they hold at every scope, but list none. Means nothing where no scope is named.',
} as const;

/** The argument of everything that reads the list of subjects. */
export const includeNestedScopesOptions = {
  defaultValue: false,
  description: 'Whether upstream shall also list the scopes nested in those of a role.',
} as const;
