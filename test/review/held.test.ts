import { describe, expect, it } from 'vitest';
import { createScope, createSubject, type Scope } from '../../src/model/subject.ts';
import { heldBy } from '../../src/review/held.ts';

describe('what a subject holds', () => {
  const customer = { kind: 'CUSTOMER', field: 'customerUuid', uuid: 'c' } as const;
  const site = { kind: 'SITE', field: 'siteUuid', uuid: 's' } as const;
  const told = (roles: readonly { readonly name: string; readonly scopes: readonly Scope[] }[]) =>
    heldBy(createSubject('ann', 'SUBJECT_TYPE_USER', roles)).map(
      ({ role, scope }) =>
        `${role.name} ${scope === undefined ? 'everywhere' : `${scope.kind} ${scope.components.length}`}`,
    );

  it('is each assignment once, however often and in whatever order upstream lists it', () => {
    expect(
      told([
        { name: 'viewer', scopes: [] },
        { name: 'admin', scopes: [createScope([customer]), createScope([site, customer]), createScope([customer])] },
        { name: 'admin', scopes: [createScope([customer, site]), createScope([site])] },
        { name: 'viewer', scopes: [] },
        { name: 'viewer', scopes: [createScope([customer])] },
      ]),
    ).toEqual(['admin CUSTOMER 1', 'admin SITE 2', 'admin SITE 1', 'viewer everywhere', 'viewer CUSTOMER 1']);
  });
});
