import { graphql, readInlineData } from 'react-relay';
import type { parts_matrix$data, parts_matrix$key } from '../../__generated__/parts_matrix.graphql';

/** Every kind of scope, and what the page's query calls it. */
const fields = {
  ASSET_GROUP: 'assetGroup',
  CUSTOMER: 'customer',
  DEVICE: 'device',
  MSP: 'msp',
  POLICY: 'policy',
  SITE: 'site',
  SUBSCRIPTION: 'subscription',
  TENANT: 'tenant',
  USER: 'user',
  UNKNOWN: 'unknown',
} as const;

/** A kind of scope that a matrix can be narrowed to. */
export type MatrixKind = keyof typeof fields;
type Field = (typeof fields)[MatrixKind];

/** All of them, in the order in which their columns stand. */
export const matrixKinds: readonly MatrixKind[] = [
  'TENANT',
  'MSP',
  'CUSTOMER',
  'SITE',
  'ASSET_GROUP',
  'DEVICE',
  'USER',
  'POLICY',
  'SUBSCRIPTION',
  'UNKNOWN',
];

/** What the query calls a kind: the field with its part of the matrix, and the variable that asks for it. */
export const fieldOfKind = (kind: MatrixKind): Field => fields[kind];

/** The variables that ask for these kinds, and for no other. */
export const wantedKinds = (kinds: readonly MatrixKind[]): Record<Field, boolean> => ({
  assetGroup: kinds.includes('ASSET_GROUP'),
  customer: kinds.includes('CUSTOMER'),
  device: kinds.includes('DEVICE'),
  msp: kinds.includes('MSP'),
  policy: kinds.includes('POLICY'),
  site: kinds.includes('SITE'),
  subscription: kinds.includes('SUBSCRIPTION'),
  tenant: kinds.includes('TENANT'),
  user: kinds.includes('USER'),
  unknown: kinds.includes('UNKNOWN'),
});

/** The parts side by side. */
export type JoinedMatrix = Pick<parts_matrix$data, 'cells' | 'everywhere' | 'roles' | 'scopes'>;

/** Puts the matrices of several kinds side by side. Their rows are the same: which roles are shown does not hang on the kind. */
export const joinParts = (keys: readonly parts_matrix$key[]): JoinedMatrix => {
  const parts = keys.map((key) =>
    readInlineData(
      graphql`
        fragment parts_matrix on AccessMatrix @inline {
          cells
          everywhere
          roles {
            id
            name
          }
          scopes {
            id
            kind
            uuid
            displayName
            ...names_scope
          }
        }
      `,
      key,
    ),
  );
  const { roles, everywhere } = parts[0] ?? { roles: [], everywhere: [] };
  return {
    roles,
    everywhere,
    scopes: parts.flatMap(({ scopes }) => scopes),
    cells: roles.map((_role, row) => parts.flatMap(({ cells }) => cells[row] ?? [])),
  };
};
