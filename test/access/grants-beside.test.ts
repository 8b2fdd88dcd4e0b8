import { describe, expect, it } from 'vitest';
import { createGrantsFinder } from '../../src/access/grants-beside.ts';
import { createSubject, type Scope, type ScopeComponent, type ScopedRole } from '../../src/model/subject.ts';
import { scopeOfThing } from '../../src/directory/scope-path.ts';

const [customer, site, group] = [
  scopeOfThing('CUSTOMER', 'c'),
  scopeOfThing('SITE', 's'),
  scopeOfThing('ASSET_GROUP', 'g'),
];
/** A site of the customer. */
const both: Scope = { kind: 'SITE', uuid: 's', components: [...customer.components, ...site.components] };

const rolesOf = (...roles: readonly (readonly Scope[])[]): readonly [ScopedRole, ...ScopedRole[]] =>
  createSubject(
    'ann',
    'SUBJECT_TYPE_USER',
    roles.map((scopes) => ({ name: 'admin', scopes })),
  ).roles as readonly [ScopedRole, ...ScopedRole[]];

describe('what a subject holds beside a grant', () => {
  it('is nothing where it is alone, and everything of the same name otherwise', () => {
    const grantsOf = createGrantsFinder();
    expect(grantsOf(rolesOf([group])[0])).toMatchObject({ isSingle: true, isGlobal: false });
    expect(grantsOf(rolesOf([])[0])).toMatchObject({ isSingle: true, isGlobal: true });
    expect(grantsOf(rolesOf([group, site])[0])).toMatchObject({ isSingle: false, isGlobal: false });
    expect(grantsOf(rolesOf([group], [])[0])).toMatchObject({ isSingle: false, isGlobal: true });
  });

  it('is another scope that has the component, and never the same one listed again', () => {
    const grantsOf = createGrantsFinder();
    const told = (roles: readonly [ScopedRole, ...ScopedRole[]], own: Scope, place: Scope) =>
      grantsOf(roles[0]).firstListedBeside(own, [scopeOfThing('SITE', 'elsewhere'), place]) === place;
    expect(told(rolesOf([group], [customer]), group, customer)).toBe(true);
    expect(told(rolesOf([group, group]), group, group)).toBe(false);
    // A composite scope names its customer itself.
    expect(told(rolesOf([both, both]), both, customer)).toBe(false);
    expect(told(rolesOf([both, group]), group, customer)).toBe(true);
    expect(told(rolesOf([both, group]), group, scopeOfThing('CUSTOMER', 'other'))).toBe(false);
  });

  it('is found for each of thousands of scopes with a look at a few', () => {
    let looks = 0;
    const scopes = Array.from({ length: 3000 }, (_, index): Scope => {
      const components: readonly ScopeComponent[] = [
        ...scopeOfThing('DEVICE', `d${index}`).components,
        ...customer.components,
      ];
      return {
        kind: 'DEVICE',
        uuid: `d${index}`,
        get components() {
          looks++;
          return components;
        },
      };
    });
    const [role] = rolesOf(scopes);
    const grantsOf = createGrantsFinder();
    const beside = scopes.filter((scope) => grantsOf(role).firstListedBeside(scope, [customer]) === customer);
    expect(beside).toHaveLength(3000);
    expect(looks).toBeLessThan(10 * scopes.length);
  });
});
