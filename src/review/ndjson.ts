import type { Scope, Subject } from '../model/subject.ts';
import { sortedRoles, sortedScopes } from './held.ts';
import type { Names } from './names.ts';

/** A subject as a line of an export has it. A key without a value is left out. */
export interface ReviewedSubject {
  readonly reference: string;
  readonly type: string;
  readonly rawType: string;
  readonly displayName?: string;
  readonly email?: string;
  readonly roles: readonly ReviewedRole[];
  readonly asOf?: string;
}

export interface ReviewedRole {
  readonly name: string;
  readonly isGlobal: boolean;
  readonly scopes: readonly ReviewedScope[];
}

export interface ReviewedScope {
  readonly kind: string;
  readonly uuid: string;
  readonly displayName?: string;
  readonly components: readonly { readonly kind: string; readonly field: string; readonly uuid: string }[];
}

/** A subject with everything that it holds, as one line. */
export const writeNdjsonLine = (subject: Subject, names: Names, asOf: string | undefined): string => {
  const { reference, type, rawType } = subject;
  const named = names.ofSubject(subject);
  const reviewed: ReviewedSubject = {
    reference,
    type,
    rawType,
    ...(named?.displayName && { displayName: named.displayName }),
    ...(named?.email && { email: named.email }),
    roles: sortedRoles(subject).map(({ name, scopes }) => ({
      name,
      isGlobal: scopes.length === 0,
      scopes: sortedScopes(scopes).map((scope) => reviewedScope(scope, names)),
    })),
    ...(asOf !== undefined && { asOf }),
  };
  return `${JSON.stringify(reviewed)}\n`;
};

/** A scope as an export has it. */
export const reviewedScope = (scope: Scope, names: Names): ReviewedScope => {
  const displayName = names.ofScope(scope);
  return {
    kind: scope.kind,
    uuid: scope.uuid,
    ...(displayName !== undefined && { displayName }),
    components: scope.components.map(({ kind, field, uuid }) => ({ kind, field, uuid })),
  };
};
