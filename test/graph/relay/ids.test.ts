import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseNodeId, roleId, scopedRoleId, scopeId, subjectId } from '../../../src/graph/relay/ids.ts';
import { createScope, createSubject, kindOfScopeField } from '../../../src/model/subject.ts';

/** Any text that JSON from upstream can hold, but for halves of surrogate pairs. */
const text = fc.string({ unit: 'grapheme' });

const scopeWith = (fields: readonly (readonly [string, string])[]) =>
  createScope(fields.map(([field, uuid]) => ({ kind: kindOfScopeField(field), field, uuid })));

describe('node ids', () => {
  it('name a subject by reference and type', () => {
    fc.assert(
      fc.property(text, text, (reference, rawType) => {
        const name = parseNodeId(subjectId({ reference, rawType }));
        expect(name).toEqual({ type: 'Subject', reference, rawType });
      }),
    );
  });

  it('name a scoped role by subject, role name and how-manieth', () => {
    const subject = createSubject('a', 'SUBJECT_TYPE_USER', [
      { name: 'admin', scopes: [] },
      { name: 'auditor', scopes: [] },
      { name: 'admin', scopes: [] },
    ]);
    const names = subject.roles.map((role) => parseNodeId(scopedRoleId(role)));
    expect(names).toEqual([
      { type: 'ScopedRole', reference: 'a', rawType: 'SUBJECT_TYPE_USER', roleName: 'admin', ordinal: 0 },
      { type: 'ScopedRole', reference: 'a', rawType: 'SUBJECT_TYPE_USER', roleName: 'auditor', ordinal: 0 },
      { type: 'ScopedRole', reference: 'a', rawType: 'SUBJECT_TYPE_USER', roleName: 'admin', ordinal: 1 },
    ]);
  });

  it('hold every component of a scope, composite, unknown and empty ones included', () => {
    const component = fc.tuple(fc.oneof(fc.constantFrom('customerUuid', 'siteUuid', 'planetUuid'), text), text);
    fc.assert(
      fc.property(fc.array(component, { maxLength: 4 }), (fields) => {
        const scope = scopeWith(fields);
        expect(parseNodeId(scopeId(scope))).toEqual({ type: 'Scope', scope });
      }),
    );
  });

  it('differ for different things', () => {
    const ids = [
      subjectId({ reference: 'a', rawType: 'b' }),
      subjectId({ reference: 'ab', rawType: '' }),
      scopeId(scopeWith([['a', 'b']])),
      scopeId(scopeWith([])),
      roleId('a'),
      roleId(''),
      roleId('1:a'),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('are refused where a character was changed into something that names nothing', () => {
    const id = roleId('admin');
    for (const wrong of [
      '',
      'x',
      `${id}=`,
      ` ${id}`,
      id.slice(1),
      `${id}A`,
      Buffer.from('4:Role').toString('base64url'),
    ]) {
      expect(() => parseNodeId(wrong), wrong).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }));
    }
  });

  it('never fail with anything but BAD_USER_INPUT, whatever they are', () => {
    const encoded = text.map((any) => Buffer.from(any).toString('base64url'));
    fc.assert(
      fc.property(fc.oneof(text, encoded), (id) => {
        let refusal: unknown;
        try {
          parseNodeId(id);
        } catch (error) {
          refusal = error;
        }
        expect(refusal === undefined || (refusal as { code?: string }).code === 'BAD_USER_INPUT').toBe(true);
      }),
    );
  });
});
