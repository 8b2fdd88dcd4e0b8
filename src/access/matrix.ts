import { GatewayError } from '../model/errors.ts';
import type { Scope, ScopeKind } from '../model/subject.ts';
import type { Census } from './census/census.ts';
import { listRoles } from './census-roles.ts';

export interface MatrixQuestion {
  /** Names of roles, in the order wanted, each once. Default: the first `firstRoles` of those with most holders. */
  readonly roles?: readonly string[] | undefined;
  readonly kind?: ScopeKind | undefined;
  readonly firstRoles: number;
  readonly firstScopes: number;
}

/** How many hold which role where. */
export interface AccessMatrix {
  readonly roleNames: readonly string[];
  readonly scopes: readonly Scope[];
  /** `[role][scope]`. */
  readonly cells: readonly (readonly number[])[];
  /** Of each role, who holds it everywhere. */
  readonly everywhere: readonly number[];
}

/** Roles or scopes that one matrix may have. A page of so many cells is more than anybody looks at. */
const maxSide = 1000;

/** Cells of one matrix. */
const maxCells = 100_000;

/** The roles and scopes with most holders, and how many hold each role at each scope. Throws `BAD_USER_INPUT` where it would be too large. */
export const matrixOf = (census: Census, question: MatrixQuestion): AccessMatrix => {
  const { kind, firstScopes } = question;
  const roleNames = rolesOfMatrix(census, question);
  const byHolders = census.scopesByHolders('DESC', kind);
  const indexes = Array.from({ length: Math.min(firstScopes, byHolders.length) }, (_, at) => byHolders.at(at));
  checkCells(roleNames.length, indexes.length);
  return {
    roleNames,
    scopes: indexes.map((index) => census.scopeAt(index).scope),
    cells: census.countHolders(roleNames, indexes),
    everywhere: roleNames.map((name) => census.globalHolders(name).length),
  };
};

/** The roles of a matrix, in their order. Throws `BAD_USER_INPUT` where a side would be too long. */
export const rolesOfMatrix = (
  census: Pick<Census, 'asOfMs' | 'roles'>,
  { roles, firstRoles, firstScopes }: MatrixQuestion,
): readonly string[] => {
  checkSide('firstRoles', firstRoles);
  checkSide('firstScopes', firstScopes);
  if (roles !== undefined) {
    checkSide('roles', roles.length);
    return [...new Set(roles)];
  }
  const byHolders = listRoles(census, {});
  return Array.from({ length: Math.min(firstRoles, byHolders.length) }, (_, index) => byHolders.at(index).name);
};

/** Throws `BAD_USER_INPUT` where a matrix of so many roles and scopes would be too large. */
export const checkCells = (roleCount: number, scopeCount: number): void => {
  if (roleCount * scopeCount <= maxCells) return;
  throw new GatewayError(
    'BAD_USER_INPUT',
    `This matrix would have ${roleCount} × ${scopeCount} cells, and ${maxCells} is the most. Ask for fewer roles or scopes.`,
  );
};

const checkSide = (argument: string, count: number): void => {
  if (count >= 0 && count <= maxSide) return;
  throw new GatewayError('BAD_USER_INPUT', `\`${argument}\` must be from 0 to ${maxSide}.`);
};
