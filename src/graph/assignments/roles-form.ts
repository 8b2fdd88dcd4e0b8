import { defaultConnectionSize, maxConnectionSize } from '../../assignments/connection-window.ts';
import { type ScopeKind, scopeKinds } from '../../model/subject.ts';
import { viewOf } from '../../platform/byte-text.ts';
import type { AskedField, AskedOutput } from '../field-facts.ts';

/** What stands in the JSON of a thing: bytes that are always the same, and behind them a value of the thing, but behind the last ones. */
export type Form<Value extends string> = readonly FormPiece<Value>[];

export interface FormPiece<Value extends string> {
  readonly json: DataView;
  readonly value: Value | undefined;
}

/** How a connection is written that has all there is. */
export interface ConnectionForm {
  readonly pieces: Form<'items' | 'count' | 'startCursor' | 'endCursor'>;
  /** How many objects of GraphQL's it is, without its items. */
  readonly objects: number;
  /** How many each item is: its edge is one as well. */
  readonly itemObjects: number;
  /** Whether a cursor stands in it. */
  readonly hasCursors: boolean;
  /** With more items it cannot be written: they would be cut off. */
  readonly maxItems: number;
}

/** How the roles that a subject holds, all of them, are written with their scopes. */
export interface RolesForm {
  readonly roles: ConnectionForm;
  readonly role: Form<'cursor' | 'id' | 'name' | 'isGlobal' | 'scopes'>;
  /** Undefined where nobody asks for them. */
  readonly scopes: ConnectionForm | undefined;
  /** With its kind, of which there are few, a scope is but its uuid, its id and its cursor between constants. */
  readonly scope: Readonly<Record<ScopeKind, Form<'cursor' | 'id' | 'uuid'>>>;
  /** With more scopes, those of all roles together, others would wait too long until all are written: the executor writes them in turns. */
  readonly maxScopesAtOnce: number;
  /** Whether roles of one name are told apart in it. */
  readonly hasOrdinals: boolean;
}

/** Half a millisecond of work, and 13 the first time that it is done. */
const maxPlainScopesAtOnce = 4096;
/** Where each has a cursor or an id: 0.8 milliseconds, and 15 the first time. */
const maxNamedScopesAtOnce = 1024;

/** How a field that asks for a subject's roles is written. Undefined where it asks for what does not follow from the roles alone, or for a part of them. */
export const rolesFormOf = (field: AskedField): RolesForm | undefined => {
  const roles = connectionOf(field, ['after', 'before', 'last', 'name', 'scope']);
  if (roles === undefined) return undefined;

  let scopesField: AskedField | undefined;
  const role = itemOf<'id' | 'name' | 'isGlobal' | 'scopes'>(roles.items, (asked) => {
    const { name } = asked.definition;
    if (name === 'id' || name === 'name' || name === 'isGlobal') return [{ value: name }];
    if (name !== 'scopes' || scopesField !== undefined) return undefined;
    scopesField = asked;
    return [{ value: 'scopes' }];
  });
  const scopes =
    scopesField === undefined ? noConnection : connectionOf(scopesField, ['after', 'before', 'last', 'kind']);
  if (role === undefined || scopes === undefined) return undefined;

  const scope = itemOf<'id' | 'kind' | 'uuid'>(scopes.items, ({ definition: { name } }) =>
    name === 'id' || name === 'kind' || name === 'uuid' ? [{ value: name }] : undefined,
  );
  if (scope === undefined) return undefined;
  const rolesForm = connectionFormOf(roles, role);
  const scopesForm = connectionFormOf(scopes, scope);
  return {
    roles: rolesForm,
    scopes: scopesField && scopesForm,
    role: formOf(role.pieces),
    // Kinds are called as the values of `ScopeKind` are.
    scope: Object.fromEntries(
      scopeKinds.map((kind) => [kind, formOf(scope.pieces.map((piece) => withKind(piece, kind)))]),
    ) as unknown as RolesForm['scope'],
    maxScopesAtOnce: scopesForm.hasCursors || scope.pieces.some(isId) ? maxNamedScopesAtOnce : maxPlainScopesAtOnce,
    hasOrdinals: rolesForm.hasCursors || scopesForm.hasCursors || role.pieces.some(isId),
  };
};

const isId = (piece: Piece<string>): boolean => 'value' in piece && piece.value === 'id';

/** A piece of JSON: always the same, or a value. */
type Piece<Value extends string> = { readonly constant: string } | { readonly value: Value };
type Pieces<Value extends string> = readonly Piece<Value>[];

const withKind = (
  piece: Piece<'cursor' | 'id' | 'kind' | 'uuid'>,
  kind: ScopeKind,
): Piece<'cursor' | 'id' | 'uuid'> => {
  if (!('value' in piece)) return piece;
  return piece.value === 'kind' ? { constant: JSON.stringify(kind) } : { value: piece.value };
};

const formOf = <Value extends string>(pieces: Pieces<Value>): Form<Value> => {
  const form: FormPiece<Value>[] = [];
  let constant = '';
  const end = (value: Value | undefined): void => {
    form.push({ json: viewOf(Buffer.from(constant)), value });
    constant = '';
  };
  for (const piece of pieces) {
    if ('value' in piece) end(piece.value);
    else constant += piece.constant;
  }
  if (constant !== '') end(undefined);
  return form;
};

interface AskedConnection extends Pick<ConnectionForm, 'objects' | 'maxItems'> {
  readonly pieces: Pieces<'items' | 'count' | 'startCursor' | 'endCursor'>;
  /** The one field that asks for its items. */
  readonly items: AskedField | undefined;
}

const noConnection: AskedConnection = { pieces: [], items: undefined, objects: 0, maxItems: Infinity };

/** Undefined where it is asked for a part, arguments are not known yet, or items are asked for twice. */
const connectionOf = (field: AskedField, parting: readonly string[]): AskedConnection | undefined => {
  const maxItems = wholeLength(field, parting);
  let items: AskedField | undefined;
  let objects = 1;
  const pieces = objectOf<'items' | 'count' | 'startCursor' | 'endCursor'>(field.output, (asked) => {
    switch (asked.definition.name) {
      case 'totalCount':
        return [{ value: 'count' }];
      case 'pageInfo':
        objects++;
        return objectOf(asked.output, pageInfoPieces);
      case 'nodes':
      case 'edges':
        if (items !== undefined) return undefined;
        items = asked;
        return [{ constant: '[' }, { value: 'items' }, { constant: ']' }];
      default:
        return undefined;
    }
  });
  return maxItems === undefined || pieces === undefined ? undefined : { pieces, items, objects, maxItems };
};

/** Of a page that is all there is. */
const pageInfoPieces = ({ definition: { name } }: AskedField): Pieces<'startCursor' | 'endCursor'> | undefined => {
  if (name === 'startCursor' || name === 'endCursor') return [{ value: name }];
  return name === 'hasNextPage' || name === 'hasPreviousPage' ? [{ constant: 'false' }] : undefined;
};

/** How many items a connection gives at most that is asked for all of them. */
const wholeLength = ({ constantArguments }: AskedField, parting: readonly string[]): number | undefined => {
  if (constantArguments === undefined) return undefined;
  if (parting.some((name) => (constantArguments[name] ?? undefined) !== undefined)) return undefined;
  const first = constantArguments.first ?? defaultConnectionSize;
  return typeof first === 'number' && first >= 0 && first <= maxConnectionSize ? first : undefined;
};

const connectionFormOf = ({ pieces, objects, maxItems }: AskedConnection, item: AskedItem<string>): ConnectionForm => ({
  pieces: formOf(pieces),
  objects,
  itemObjects: item.objects,
  hasCursors: [...pieces, ...item.pieces].some(
    (piece) => 'value' in piece && piece.value.toLowerCase().endsWith('cursor'),
  ),
  maxItems,
});

interface AskedItem<Value extends string> {
  readonly pieces: Pieces<Value>;
  readonly objects: number;
}

type PiecesOf<Value extends string> = (field: AskedField) => Pieces<Value> | undefined;

/** An item of a connection, or its edge. */
const itemOf = <Value extends string>(
  items: AskedField | undefined,
  piecesOf: PiecesOf<Value>,
): AskedItem<Value | 'cursor'> | undefined => {
  if (items === undefined) return { pieces: [], objects: 0 };
  const output = items.output.kind === 'list' ? items.output.item : items.output;
  let objects = 1;
  const pieces =
    items.definition.name === 'nodes'
      ? objectOf(output, piecesOf)
      : objectOf<Value | 'cursor'>(output, (asked) => {
          if (asked.definition.name === 'cursor') return [{ value: 'cursor' }];
          if (asked.definition.name !== 'node' || objects > 1) return undefined;
          objects++;
          return objectOf(asked.output, piecesOf);
        });
  return pieces && { pieces, objects };
};

/** Undefined where a field has no pieces. */
const objectOf = <Value extends string>(output: AskedOutput, piecesOf: PiecesOf<Value>): Piece<Value>[] | undefined => {
  if (output.kind !== 'object') return undefined;
  const pieces: Piece<Value>[] = [{ constant: '{' }];
  for (const field of output.selection.fields) {
    const { definition, parentType, key } = field;
    const value = definition.name === '__typename' ? [{ constant: JSON.stringify(parentType.name) }] : piecesOf(field);
    if (value === undefined) return undefined;
    pieces.push({ constant: Buffer.from(key).toString() }, ...value);
  }
  pieces.push({ constant: '}' });
  return pieces;
};
