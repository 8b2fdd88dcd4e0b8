import { Buffer } from 'node:buffer';
import { GatewayError } from '../../model/errors.ts';
import { keyPart } from '../../platform/key-part.ts';
import { createScope, kindOfScopeField, type Scope, type ScopedRole, type Subject } from '../../model/subject.ts';

/**
 * Node ids: opaque, typed and stable. An id is the type's name and its parts, each with its length in front, as
 * base64url. Nothing in it is secret: every part is a field that the node shows anyway.
 */

/** What a well-formed id names. */
export type NodeName =
  | { readonly type: 'Subject'; readonly reference: string; readonly rawType: string }
  | {
      readonly type: 'ScopedRole';
      readonly reference: string;
      readonly rawType: string;
      readonly roleName: string;
      readonly ordinal: number;
    }
  | { readonly type: 'Scope'; readonly scope: Scope }
  | { readonly type: 'Role'; readonly roleName: string };

export const subjectId = ({ reference, rawType }: Pick<Subject, 'reference' | 'rawType'>): string =>
  encode(keyPart('Subject') + keyPart(reference) + keyPart(rawType));

export const scopedRoleId = ({ subject, name, ordinal }: ScopedRole): string =>
  encode(
    keyPart('ScopedRole') +
      keyPart(subject.reference) +
      keyPart(subject.rawType) +
      keyPart(name) +
      keyPart(String(ordinal)),
  );

export const scopeId = ({ components }: Scope): string => {
  let name = keyPart('Scope');
  for (const { field, uuid } of components) name += keyPart(field) + keyPart(uuid);
  return encode(name);
};

export const roleId = (roleName: string): string => encode(keyPart('Role') + keyPart(roleName));

/** Names a finding by what it is about. No node: a finding cannot be fetched by itself. */
export const findingId = ({
  kind,
  subject,
  scopedRole,
  scope,
}: {
  readonly kind: string;
  readonly subject: Subject;
  readonly scopedRole: ScopedRole | null;
  readonly scope: Scope | null;
}): string => {
  let name = keyPart('Finding') + keyPart(kind) + keyPart(subject.reference) + keyPart(subject.rawType);
  name += keyPart(scopedRole?.name) + keyPart(scopedRole && String(scopedRole.ordinal));
  for (const { field, uuid } of scope?.components ?? []) name += keyPart(field) + keyPart(uuid);
  return encode(name);
};

/** Names a change by its id in the record. No node: it cannot be fetched by itself. */
export const accessChangeId = (id: string): string => encode(keyPart('AccessChange') + keyPart(id));

/** Longer ones are not read. Ids of what ESET Connect documents have less than 1000 characters. */
const maxIdLength = 4096;

/** Reads an id; throws `BAD_USER_INPUT` where it is not one of ours, changed characters included. */
export const parseNodeId = (id: string): NodeName => {
  const name = readNodeId(id);
  if (name === undefined) throw invalidId();
  return name;
};

/** The same; undefined where it is not one of ours. */
export const readNodeId = (id: string): NodeName | undefined => (id.length > maxIdLength ? undefined : decode(id));

export const invalidId = (): GatewayError =>
  new GatewayError('BAD_USER_INPUT', 'This is not a node id of this graph. Use an `id` that a query returned.');

const encode = (name: string): string => Buffer.from(name).toString('base64url');

const decode = (id: string): NodeName | undefined => {
  const parts = splitParts(Buffer.from(id, 'base64url').toString());
  // Encoding again finds everything that base64 and UTF-8 decoding pass over in silence.
  if (parts === undefined || encode(parts.map(keyPart).join('')) !== id) return undefined;
  const [type, ...rest] = parts;
  switch (type) {
    case 'Subject': {
      const [reference, rawType] = rest;
      if (rest.length !== 2 || reference === undefined || rawType === undefined) return undefined;
      return { type, reference, rawType };
    }
    case 'ScopedRole': {
      const [reference, rawType, roleName, ordinal] = rest;
      if (rest.length !== 4 || reference === undefined || rawType === undefined || roleName === undefined)
        return undefined;
      if (ordinal === undefined || !/^(?:0|[1-9]\d{0,8})$/.test(ordinal)) return undefined;
      return { type, reference, rawType, roleName, ordinal: Number(ordinal) };
    }
    case 'Scope': {
      if (rest.length % 2 !== 0) return undefined;
      const components = [];
      for (let i = 0; i < rest.length; i += 2) {
        const field = rest[i] as string;
        components.push({ kind: kindOfScopeField(field), field, uuid: rest[i + 1] as string });
      }
      return { type, scope: createScope(components) };
    }
    case 'Role': {
      const [roleName] = rest;
      return rest.length === 1 && roleName !== undefined ? { type, roleName } : undefined;
    }
    default:
      return undefined;
  }
};

const splitParts = (text: string): string[] | undefined => {
  const parts: string[] = [];
  let at = 0;
  while (at < text.length) {
    const colon = text.indexOf(':', at);
    const digits = colon < 0 ? '' : text.slice(at, colon);
    if (!/^\d{1,9}$/.test(digits)) return undefined;
    const end = colon + 1 + Number(digits);
    if (end > text.length) return undefined;
    parts.push(text.slice(colon + 1, end));
    at = end;
  }
  return parts;
};
