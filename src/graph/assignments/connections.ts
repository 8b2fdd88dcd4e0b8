import type { NameGap } from '../../access/name-gaps.ts';
import type { Scope, ScopedRole, Subject } from '../../model/subject.ts';
import type { GraphBuilder, TypeRef } from '../builder.ts';
import type { DefineConnection } from '../relay/connection-types.ts';

interface ListedTypes {
  readonly subject: TypeRef<Subject>;
  readonly scopedRole: TypeRef<ScopedRole>;
  readonly scope: TypeRef<Scope>;
}

/** What a list of subjects tells that a text was looked for in. */
export interface AboutText {
  readonly asOfMs: number;
  readonly gaps: readonly NameGap[];
}

/** The connections of this part. An edge to a subject that was looked for by a role or scope also tells which of its roles were found. */
export const defineSubjectConnections = (
  builder: GraphBuilder,
  { subject, scopedRole, scope }: ListedTypes,
  define: DefineConnection,
) => {
  const subjects = define<Subject, readonly ScopedRole[], AboutText | undefined>({
    name: 'Subject',
    node: subject,
    descriptions: {
      connection: 'A page of subjects.',
      items: 'subjects',
      edge: 'One subject, and where it stands in the list.',
      node: 'The subject.',
    },
  });
  const scopedRoles = define({
    name: 'ScopedRole',
    node: scopedRole,
    descriptions: {
      connection: 'A page of the roles that a subject holds.',
      items: 'roles',
      edge: 'One role that a subject holds, and where it stands in the list.',
      node: 'The role, and where it holds.',
    },
  });
  const scopes = define({
    name: 'Scope',
    node: scope,
    descriptions: {
      connection: 'A page of the scopes at which a role holds.',
      items: 'scopes',
      edge: 'One scope at which a role holds, and where it stands in the list.',
      node: 'The scope.',
    },
  });
  const scopeSubjects = define<Subject, readonly ScopedRole[]>({
    name: 'ScopeSubject',
    node: subject,
    descriptions: {
      connection: 'A page of the subjects that hold a role at a scope.',
      items: 'subjects',
      edge: 'A subject that holds a role at the scope, and where it stands in the list.',
      node: 'The subject.',
    },
  });
  const roleSubjects = define<Subject, readonly ScopedRole[]>({
    name: 'RoleSubject',
    node: subject,
    descriptions: {
      connection: 'A page of the subjects that hold a role.',
      items: 'subjects',
      edge: 'A subject that holds the role, and where it stands in the list.',
      node: 'The subject.',
    },
  });
  for (const [{ edge }, description] of [
    [
      subjects,
      'The roles of the subject that met the filter: all of them where it asks for no role, no scope and nothing of global ones.',
    ],
    [scopeSubjects, 'The roles that the subject holds at this scope.'],
    [roleSubjects, 'What the subject holds under this name.'],
  ] as const) {
    builder.objectField(edge, 'roles', (t) =>
      t.field({ type: [scopedRole], description, resolve: ({ facts }) => facts }),
    );
  }
  return {
    subjects: subjects.connection,
    scopedRoles: scopedRoles.connection,
    scopes: scopes.connection,
    scopeSubjects: scopeSubjects.connection,
    roleSubjects: roleSubjects.connection,
  };
};
