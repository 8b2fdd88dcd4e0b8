import { readFileSync } from 'node:fs';
import {
  getNamedType,
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isNonNullType,
  isObjectType,
  isSpecifiedScalarType,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { printGraph } from '../../src/graph/print.ts';
import { createSchema } from '../../src/graph/schema.ts';
import type { SubjectFilter } from '../__generated__/graphql.ts';

const schema = createSchema();
const ownTypes = Object.values(schema.getTypeMap()).filter(
  (type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type),
);

interface Input {
  /** The field or input type that it belongs to. */
  readonly owner: string;
  readonly input: GraphQLArgument | GraphQLInputField;
}

const inputs = ownTypes.flatMap((type): Input[] => {
  if (isInputObjectType(type)) {
    return Object.values(type.getFields()).map((input) => ({ owner: type.name, input }));
  }
  if (!isObjectType(type)) return [];
  return Object.values(type.getFields()).flatMap((field) =>
    field.args.map((input) => ({ owner: `${type.name}.${field.name}`, input })),
  );
});

/** Every place of a type where a reader needs a description, with the description it has. */
const placesOf = (type: GraphQLNamedType): [place: string, description: string][] => {
  const places: [string, string][] = [[type.name, type.description ?? '']];
  if (isEnumType(type)) {
    for (const value of type.getValues()) places.push([`${type.name}.${value.name}`, value.description ?? '']);
  }
  if (isObjectType(type) || isInterfaceType(type) || isInputObjectType(type)) {
    for (const field of Object.values(type.getFields())) {
      places.push([`${type.name}.${field.name}`, field.description ?? '']);
      for (const arg of 'args' in field ? field.args : []) {
        places.push([`${type.name}.${field.name}(${arg.name})`, arg.description ?? '']);
      }
    }
  }
  return places;
};

describe('the graph that we serve', () => {
  it('is printed in schema/schema.graphql as the code has it', () => {
    const printed = readFileSync(new URL('../../schema/schema.graphql', import.meta.url), 'utf8');
    expect(printed.trim()).toBe(printGraph(schema).trim());
  });

  it('describes every type, field, argument and value in a full sentence', () => {
    const places = ownTypes.flatMap(placesOf);
    expect(places.length).toBeGreaterThan(150);
    expect(places.filter(([, description]) => !/^[A-Z“`].*[.?]$/s.test(description)).map(([place]) => place)).toEqual(
      [],
    );
  });

  it('has the names, arguments and nullability of the design', () => {
    const sdl = readFileSync(new URL('../../schema/schema.graphql', import.meta.url), 'utf8');
    const bare = sdl
      .replaceAll(/"""[\s\S]*?"""\s*/g, '')
      .replaceAll(/\s+/g, ' ')
      .replaceAll(/\( /g, '(')
      .replaceAll(/,? \)/g, ')');
    for (const line of designLines) expect(bare).toContain(line);
  });

  it('lets a client leave out whatever has a default, also one that takes the type by its word', () => {
    const required = inputs
      .filter(({ input }) => input.defaultValue !== undefined && isNonNullType(input.type))
      .map(({ owner, input }) => `${owner}(${input.name}): ${String(input.type)}`);
    // The ones of the design, whose type says so.
    expect(required.toSorted()).toEqual([
      'RoleOrder(direction): OrderDirection!',
      'ScopeOrder(direction): OrderDirection!',
      'SubjectOrder(direction): OrderDirection!',
    ]);
    // The same to a typed client: this would not compile.
    const filter: SubjectFilter = { scopes: [{ customerUuid: 'a' }] };
    expect(Object.keys(filter)).toEqual(['scopes']);
  });

  it('has `includeGlobal` beside every argument that names scopes, but where the question is whether access exists', () => {
    const names = (owner: string) => inputs.filter((other) => other.owner === owner).map(({ input }) => input.name);
    const owners = inputs.filter(({ input }) => /^scopes?$/.test(input.name)).map(({ owner }) => owner);
    // A grant is given or taken at the scopes named, and nowhere else.
    expect(owners.filter((owner) => !names(owner).includes('includeGlobal')).toSorted()).toEqual([
      'GrantPlaceInput',
      // What held everywhere has no scope in the record.
      'Record.assignmentsAt',
      'Record.changes',
      'Subject.hasRole',
      'Subscription.accessChanges',
    ]);
    expect(owners.toSorted()).toEqual([
      'GrantPlaceInput',
      'Record.assignmentsAt',
      'Record.changes',
      'Role.subjects',
      'Subject.hasRole',
      'Subject.roles',
      'SubjectFilter',
      'Subscription.accessChanges',
    ]);
  });

  it('makes nullable exactly what an upstream call can fail, and what ESET may not know', () => {
    const nullable = ownTypes
      .filter(isObjectType)
      .flatMap((type) => Object.values(type.getFields()).map((field) => ({ type, field })))
      .filter(({ field }) => !String(field.type).endsWith('!'))
      .map(({ type, field }) => `${type.name}.${field.name}: ${getNamedType(field.type).name}`);
    expect(nullable.sort()).toEqual(nullableFields);
  });
});

// Written down from the design by hand, so that a slip in the code cannot change both sides.
const designLines = [
  'interface Node { id: ID! }',
  'node(id: ID!): Node ',
  'nodes(ids: [ID!]!): [Node]!',
  'role(name: String!): Role!',
  'scope(by: ScopeInput!): Scope!',
  'subject(includeNestedScopes: Boolean = false reference: String! type: SubjectType): Subject ',
  'subjects(after: String before: String filter: SubjectFilter first: Int includeNestedScopes: Boolean = false last: Int orderBy: [SubjectOrder!]): SubjectConnection ',
  'subjectsByReference(includeNestedScopes: Boolean = false references: [String!]!): [Subject]!',
  'viewer: Viewer!',
  'enum SubjectType { DEVICE MANAGED_IDENTITY SERVICE UNKNOWN UNSPECIFIED USER USER_GROUP }',
  'enum ScopeKind { ASSET_GROUP CUSTOMER DEVICE MSP POLICY SITE SUBSCRIPTION TENANT UNKNOWN USER }',
  'type Subject implements Node {',
  'hasRole(name: String! scope: ScopeInput): Boolean! history(after: String before: String first: Int last: Int): AccessChangeConnection id: ID! principal: Principal rawType: String! reference: String!',
  'roles(after: String before: String first: Int includeGlobal: Boolean = false last: Int name: String scope: ScopeInput): ScopedRoleConnection! type: SubjectType! }',
  'displayName: String email: String hasRole',
  'reference: String! resolution: Resolution! roles',
  'type ScopedRole implements Node { id: ID! isGlobal: Boolean! name: String! role: Role! scopes(after: String before: String first: Int kind: ScopeKind last: Int): ScopeConnection! subject: Subject! }',
  'type Scope implements Node {',
  'ancestors: [Scope!] children(after: String before: String first: Int last: Int): ScopeConnection components: [ScopeComponent!]! displayName: String',
  'id: ID! kind: ScopeKind! parent: Scope resolution: Resolution!',
  'census(includeNestedScopes: Boolean = false): Census ',
  'checkAccess(at: ScopeInput includeNestedScopes: Boolean = false roleName: String! subject: SubjectInput!): AccessCheck ',
  'input SubjectInput { reference: String! type: SubjectType }',
  'type Census { asOf: DateTime! assignmentCount: Int! findings(after: String before: String first: Int kinds: [FindingKind!] last: Int minSeverity: Severity): FindingConnection globalAssignmentCount: Int! matrix(firstRoles: Int = 50 firstScopes: Int = 50 kind: ScopeKind roles: [String!]): AccessMatrix! roles(after: String before: String first: Int last: Int nameContains: String orderBy: RoleOrder): CensusRoleConnection! scopeKinds: [ScopeKindCount!]! scopes(after: String before: String first: Int kind: ScopeKind last: Int orderBy: ScopeOrder): CensusScopeConnection! subjectCount: Int! subjectTypes: [SubjectTypeCount!]! }',
  'type CensusRoleEdge { cursor: String! globalHolderCount: Int! holderCount: Int! node: Role! scopeCount: Int! }',
  'type CensusScopeEdge { cursor: String! holderCount: Int! node: Scope! roleCount: Int! }',
  'enum FindingKind { BROAD_GRANT GLOBAL_GRANT GRANT_THROUGH_UNREADABLE_GROUP MISSING_SCOPE MISSING_SUBJECT REDUNDANT_GRANT UNKNOWN_KIND WITHOUT_ROLES }',
  'enum Severity { HIGH LOW MEDIUM }',
  'type Finding { explanation: String! id: ID! kind: FindingKind! scope: Scope scopedRole: ScopedRole severity: Severity! subject: Subject! }',
  'search(after: String first: Int kinds: [SearchKind!] text: String!): SearchConnection ',
  'enum SearchKind { ROLE SCOPE SUBJECT }',
  'enum SearchField { DISPLAY_NAME EMAIL REFERENCE ROLE_NAME UUID }',
  'enum NameSource { DEVICES DEVICE_GROUPS POLICIES USERS }',
  'type NameGap { resolution: Resolution! source: NameSource! }',
  'union SearchResult = Role | Scope | Subject',
  'type SubjectConnection { asOf: DateTime edges: [SubjectEdge!]! gaps: [NameGap!]! nodes: [Subject!]! pageInfo: PageInfo! totalCount: Int }',
  'type SearchConnection { asOf: DateTime! edges: [SearchEdge!]! gaps: [NameGap!]!',
  'type SearchEdge { cursor: String! matched: SearchField! node: SearchResult! }',
  'enum RoleOrderField { HOLDERS NAME }',
  'enum ScopeOrderField { HOLDERS KIND_AND_NAME }',
  'type AccessMatrix { cells: [[Int!]!]! everywhere: [Int!]! roles: [Role!]! scopes: [Scope!]! }',
  'scopes(after: String before: String first: Int kind: ScopeKind last: Int): RoleScopeConnection subjects',
  'type RoleScopeConnection { asOf: DateTime! edges: [RoleScopeEdge!]!',
  'type RoleScopeEdge { cursor: String! holderCount: Int! node: Scope! }',
  'access(after: String before: String first: Int last: Int reasons: [ReasonKind!] roleName: String subjectType: SubjectType): ScopeAccessConnection ',
  'access(after: String before: String first: Int kind: ScopeKind last: Int roleName: String): SubjectAccessConnection ',
  'type ScopeAccessConnection { asOf: DateTime! edges: [ScopeAccessEdge!]! gaps: [AccessGap!]!',
  'type ScopeAccessEdge { cursor: String! node: Subject! reasons: [AccessReason!]! }',
  'type SubjectAccessConnection { asOf: DateTime! edges: [SubjectAccessEdge!]! gaps: [AccessGap!]!',
  'type SubjectAccessEdge { cursor: String! node: Role! reasons: [AccessReason!]! scope: Scope }',
  'enum ReasonKind { DIRECT GLOBAL INHERITED }',
  'type AccessReason { kind: ReasonKind! memberOf: UserGroup path: [Scope!]! scopedRole: ScopedRole! }',
  'enum AccessGap { HIERARCHY_FORBIDDEN HIERARCHY_UNAVAILABLE MEMBERS_FORBIDDEN MEMBERS_UNAVAILABLE NO_HIERARCHY UNIDENTIFIED_ANCESTOR }',
  'type AccessCheck { asOf: DateTime! gaps: [AccessGap!]! isAllowed: Boolean reasons: [AccessReason!]! }',
  'subjects(after: String before: String first: Int includeGlobal: Boolean = false includeNestedScopes: Boolean = false last: Int roleName: String): ScopeSubjectConnection target: ScopeTarget uuid: ID! }',
  'enum Resolution { FORBIDDEN FOUND MISSING NO_SOURCE UNAVAILABLE }',
  'eset: EsetUser ',
  'eset: EsetDevice ',
  'eset: EsetAssetGroup ',
  'eset: EsetPolicy ',
  'members(after: String before: String first: Int last: Int): UserGroupMemberConnection ',
  'type EsetUser { department: String displayName: String email: String jobTitle: String otherEmails: [String!]! protectionStatus: String userGroups: [UserGroup!]! }',
  'type EsetDevice { deviceType: String displayName: String functionalityStatus: String isMobile: Boolean lastSyncTime: DateTime operatingSystem: String parentGroup: AssetGroup tags: [String!]! }',
  'type EsetAssetGroup { displayName: String isStatic: Boolean! linkedTo: ScopeKind parentGroup: AssetGroup }',
  'type EsetPolicy { description: String displayName: String isBuiltIn: Boolean! }',
  'type Mutation { assignRoles(input: RoleChangesInput!): RoleChangesPayload!',
  'createRole(input: CreateRoleInput!): CreateRolePayload! ',
  'deleteRole(input: DeleteRoleInput!): DeleteRolePayload! ',
  'revokeRoles(input: RoleChangesInput!): RoleChangesPayload! }',
  'input CreateRoleInput { clientMutationId: String description: String displayName: String! name: String! permissions: [String!]! }',
  'type CreateRolePayload { clientMutationId: String problem: ChangeProblem role: Role }',
  'input DeleteRoleInput { clientMutationId: String confirmHolders: Int! name: String! }',
  'type DeleteRolePayload { clientMutationId: String deletedName: String formerHolders: [Subject!]! problem: ChangeProblem }',
  'input RoleChangesInput { changes: [RoleChangeInput!]! clientMutationId: String dryRun: Boolean = false }',
  'input RoleChangeInput { at: GrantPlaceInput! roleName: String! subject: WriteSubjectInput! }',
  'input WriteSubjectInput { reference: String! type: SubjectType! }',
  'input GrantPlaceInput @oneOf { everywhere: Boolean scopeIds: [ID!] scopes: [ScopeInput!] }',
  'type RoleChangesPayload { clientMutationId: String dryRun: Boolean! results: [RoleChangeResult!]! }',
  'type RoleChangeResult { added: [ScopedRole!]! problem: ChangeProblem removed: [ScopedRole!]! status: ChangeStatus! subject: Subject }',
  'enum ChangeStatus { CHANGED FAILED UNCHANGED UNKNOWN WOULD_CHANGE }',
  'type ChangeProblem { code: String! message: String! }',
  'permissions(after: String before: String first: Int last: Int nameContains: String): PermissionConnection ',
  'type Permission { access: PermissionAccess functionality: String! name: String! }',
  'enum PermissionAccess { READ USE WRITE }',
  'record: Record ',
  'type Record { assignmentsAt(after: String before: String first: Int last: Int roleName: String scope: ScopeInput subject: SubjectInput time: DateTime!): RecordedAssignmentConnection! changes(after: String before: String first: Int kinds: [ChangeKind!] last: Int roleName: String scope: ScopeInput since: DateTime subject: SubjectInput until: DateTime): AccessChangeConnection! latest: DateTime! revisionCount: Int! since: DateTime! }',
  'enum ChangeKind { GRANTED REVOKED }',
  'type AccessChange { id: ID! kind: ChangeKind! notBefore: DateTime! roleName: String! scope: Scope seenAt: DateTime! subject: Subject! }',
  'type RecordedAssignment { from: DateTime! roleName: String! scope: Scope subject: Subject! until: DateTime }',
  'history(after: String before: String first: Int last: Int): AccessChangeConnection ',
  'type Subscription { accessChanges(roleName: String scope: ScopeInput subject: SubjectInput): AccessChange! }',
  'subjectsByEmail(emails: [String!]!): [Subject]!',
  'type ScopeComponent { field: String! kind: ScopeKind! uuid: ID! }',
  'type Role implements Node { id: ID! name: String!',
  'subjects(after: String before: String first: Int includeGlobal: Boolean = false includeNestedScopes: Boolean = false last: Int scope: ScopeInput): RoleSubjectConnection }',
  'type Viewer { reference: String subject: Subject }',
  'type SubjectEdge { cursor: String! node: Subject! roles: [ScopedRole!]! }',
  'type ScopeSubjectEdge { cursor: String! node: Subject! roles: [ScopedRole!]! }',
  'type RoleSubjectEdge { cursor: String! node: Subject! roles: [ScopedRole!]! }',
  'input SubjectFilter { includeGlobal: Boolean = false isGlobal: Boolean reference: String roleName: String scopes: [ScopeInput!] text: String type: SubjectType }',
  'input ScopeInput @oneOf { assetGroupUuid: ID customerUuid: ID deviceUuid: ID mspUuid: ID policyUuid: ID siteUuid: ID subscriptionUuid: ID tenantUuid: ID userUuid: ID }',
  'input SubjectOrder { direction: OrderDirection! = ASC field: SubjectOrderField! }',
  'directive @oneOf on INPUT_OBJECT',
  'enum SubjectOrderField { REFERENCE TYPE }',
  'enum OrderDirection { ASC DESC }',
  'union Principal = Device | ManagedIdentity | Service | User | UserGroup',
  'union ScopeTarget = AssetGroup | Customer | Device | Msp | Policy | ProductSubscription | Site | Tenant | User',
  'type User { eset: EsetUser scope: Scope! subject: Subject uuid: ID! }',
  'type Device { eset: EsetDevice scope: Scope! subject: Subject uuid: ID! }',
  'type UserGroup { members(after: String before: String first: Int last: Int): UserGroupMemberConnection subject: Subject uuid: ID! }',
  'type ManagedIdentity { subject: Subject uuid: ID! }',
  'type Service { subject: Subject uuid: ID! }',
  'type Customer { scope: Scope! uuid: ID! }',
  'type Tenant { scope: Scope! uuid: ID! }',
];

const nullableFields = [
  'AccessChange.scope: Scope',
  'AccessChangeConnection.totalCount: Int',
  'AccessCheck.isAllowed: Boolean',
  'AccessReason.memberOf: UserGroup',
  'AssetGroup.eset: EsetAssetGroup',
  'Census.findings: FindingConnection',
  'CensusRoleConnection.totalCount: Int',
  'CensusScopeConnection.totalCount: Int',
  'CreateRolePayload.clientMutationId: String',
  'CreateRolePayload.problem: ChangeProblem',
  'CreateRolePayload.role: Role',
  'DeleteRolePayload.clientMutationId: String',
  'DeleteRolePayload.deletedName: String',
  'DeleteRolePayload.problem: ChangeProblem',
  'Device.eset: EsetDevice',
  'Device.subject: Subject',
  'EsetAssetGroup.displayName: String',
  'EsetAssetGroup.linkedTo: ScopeKind',
  'EsetAssetGroup.parentGroup: AssetGroup',
  'EsetDevice.deviceType: String',
  'EsetDevice.displayName: String',
  'EsetDevice.functionalityStatus: String',
  'EsetDevice.isMobile: Boolean',
  'EsetDevice.lastSyncTime: DateTime',
  'EsetDevice.operatingSystem: String',
  'EsetDevice.parentGroup: AssetGroup',
  'EsetPolicy.description: String',
  'EsetPolicy.displayName: String',
  'EsetUser.department: String',
  'EsetUser.displayName: String',
  'EsetUser.email: String',
  'EsetUser.jobTitle: String',
  'EsetUser.protectionStatus: String',
  'Finding.scope: Scope',
  'Finding.scopedRole: ScopedRole',
  'FindingConnection.totalCount: Int',
  'ManagedIdentity.subject: Subject',
  'PageInfo.endCursor: String',
  'PageInfo.startCursor: String',
  'Permission.access: PermissionAccess',
  'PermissionConnection.totalCount: Int',
  'Policy.eset: EsetPolicy',
  'Query.census: Census',
  'Query.checkAccess: AccessCheck',
  'Query.node: Node',
  'Query.permissions: PermissionConnection',
  'Query.record: Record',
  'Query.search: SearchConnection',
  'Query.subject: Subject',
  'Query.subjects: SubjectConnection',
  'RecordedAssignment.scope: Scope',
  'RecordedAssignment.until: DateTime',
  'RecordedAssignmentConnection.totalCount: Int',
  'Role.scopes: RoleScopeConnection',
  'Role.subjects: RoleSubjectConnection',
  'RoleChangeResult.problem: ChangeProblem',
  'RoleChangeResult.subject: Subject',
  'RoleChangesPayload.clientMutationId: String',
  'RoleScopeConnection.totalCount: Int',
  'RoleSubjectConnection.totalCount: Int',
  'Scope.access: ScopeAccessConnection',
  'Scope.ancestors: Scope',
  'Scope.children: ScopeConnection',
  'Scope.displayName: String',
  'Scope.history: AccessChangeConnection',
  'Scope.parent: Scope',
  'Scope.subjects: ScopeSubjectConnection',
  'Scope.target: ScopeTarget',
  'ScopeAccessConnection.totalCount: Int',
  'ScopeConnection.totalCount: Int',
  'ScopeSubjectConnection.totalCount: Int',
  'ScopedRoleConnection.totalCount: Int',
  'SearchConnection.totalCount: Int',
  'Service.subject: Subject',
  'Subject.access: SubjectAccessConnection',
  'Subject.displayName: String',
  'Subject.email: String',
  'Subject.history: AccessChangeConnection',
  'Subject.principal: Principal',
  'SubjectAccessConnection.totalCount: Int',
  'SubjectAccessEdge.scope: Scope',
  'SubjectConnection.asOf: DateTime',
  'SubjectConnection.totalCount: Int',
  'User.eset: EsetUser',
  'User.subject: Subject',
  'UserGroup.members: UserGroupMemberConnection',
  'UserGroup.subject: Subject',
  'UserGroupMemberConnection.totalCount: Int',
  'Viewer.reference: String',
  'Viewer.subject: Subject',
];
