import { describe, expect, it } from 'vitest';
import { createScope, createSubject, kindOfScopeField, scopeKinds, subjectTypeOf } from '../../src/model/subject.ts';

const component = (field: string, uuid = field) => ({ kind: kindOfScopeField(field), field, uuid });

describe('createSubject', () => {
  it.each([3, 40])('counts how-manieth a role of its name is, of %d roles', (count) => {
    const roles = Array.from({ length: count }, (_, index) => ({ name: index % 2 === 0 ? 'even' : 'odd', scopes: [] }));
    const subject = createSubject('a', 'SUBJECT_TYPE_USER', roles);
    expect(subject.roles.map(({ name, ordinal }) => [name, ordinal])).toEqual(
      roles.map(({ name }, index) => [name, Math.floor(index / 2)]),
    );
    for (const role of subject.roles) expect(role.subject).toBe(subject);
  });
});

describe('subjectTypeOf', () => {
  it.each([
    ['SUBJECT_TYPE_USER', 'USER'],
    ['SUBJECT_TYPE_MANAGED_IDENTITY', 'MANAGED_IDENTITY'],
    ['SUBJECT_TYPE_UNSPECIFIED', 'UNSPECIFIED'],
    ['SUBJECT_TYPE_UNKNOWN', 'UNKNOWN'],
    ['SUBJECT_TYPE_ROBOT', 'UNKNOWN'],
    ['USER', 'UNKNOWN'],
    ['', 'UNKNOWN'],
    ['constructor', 'UNKNOWN'],
  ])('reads %j as %s', (rawType, type) => {
    expect(subjectTypeOf(rawType)).toBe(type);
  });
});

describe('createScope', () => {
  it('is named after its narrowest component, whatever their order', () => {
    const fields = ['mspUuid', 'planetUuid', 'deviceUuid', 'tenantUuid', 'customerUuid'];
    for (let shift = 0; shift < fields.length; shift++) {
      const turned = [...fields.slice(shift), ...fields.slice(0, shift)].map((field) => component(field));
      expect(createScope(turned)).toEqual({ kind: 'DEVICE', uuid: 'deviceUuid', components: turned });
    }
  });

  it('has the order of the design, an unknown field last', () => {
    const fields = [
      'deviceUuid', 'userUuid', 'policyUuid', 'subscriptionUuid', 'assetGroupUuid', 'siteUuid', 'customerUuid', 'tenantUuid', 'mspUuid', 'planetUuid',
    ]; // prettier-ignore
    expect(fields.map(kindOfScopeField)).toEqual(scopeKinds);
    for (let i = 1; i < fields.length; i++) {
      const pair = [component(fields[i] as string), component(fields[i - 1] as string)];
      expect(createScope(pair).kind).toBe(scopeKinds[i - 1]);
    }
  });

  it('keeps a scope without any field, and takes no inherited name for a field', () => {
    expect(createScope([])).toEqual({ kind: 'UNKNOWN', uuid: '', components: [] });
    expect(kindOfScopeField('constructor')).toBe('UNKNOWN');
  });
});
