import type { RunningGateway } from '../support/running-gateway.ts';

/** The customer of ESET's example. */
export const customer = '30bd93aa-c0ef-4fcf-a73f-ce80610bd161';
/** The first subject of ESET's example, who is also the sandbox's administrator. */
export const administrator = '286f5456-a0ac-4e8a-8508-5c2224b47ae6';

export interface ConsolePage {
  /** For a picture of it, or a test's message. */
  readonly name: string;
  readonly path: string;
  /** What it says once it has its answer. */
  readonly says: string;
}

/** Every page and tab of the console, over the sandbox, at an address that can be opened. */
export const pagesOf = async (gateway: RunningGateway): Promise<readonly ConsolePage[]> => {
  const { data } = await gateway.ask<{ subject: { id: string }; scope: { id: string } }, object>(
    `{ subject(reference: "${administrator}") { id } scope(by: { customerUuid: "${customer}" }) { id } }`,
  );
  if (data === undefined) throw new Error('the sandbox has lost its example');
  const { subject, scope } = data;
  return [
    { name: 'overview', path: '/', says: 'Roles with most holders' },
    { name: 'subjects', path: '/subjects', says: '2,000 subjects' },
    { name: 'subjects-none', path: '/subjects?text=nobody-is-called-so', says: 'Nobody matches' },
    { name: 'subject', path: `/subjects/${subject.id}`, says: administrator },
    { name: 'subject-access', path: `/subjects/${subject.id}?tab=access`, says: 'grants reach this subject' },
    { name: 'scopes', path: '/scopes', says: 'scopes at which a role is held' },
    { name: 'scopes-tree', path: '/scopes?view=tree', says: 'All' },
    { name: 'scope', path: `/scopes/${scope.id}`, says: 'subjects, as of' },
    { name: 'scope-children', path: `/scopes/${scope.id}?tab=children`, says: customer },
    { name: 'roles', path: '/roles', says: 'auditor' },
    { name: 'role', path: '/roles/auditor', says: 'holders' },
    { name: 'role-places', path: '/roles/auditor?tab=places', says: 'scopes' },
    { name: 'matrix', path: '/matrix', says: 'everywhere' },
    { name: 'check-empty', path: '/check', says: 'Choose who' },
    { name: 'check', path: `/check?who=${administrator}&role=admin`, says: 'Yes' },
    { name: 'findings', path: '/findings', says: 'high' },
    { name: 'no-such-id', path: '/subjects/nobody', says: 'Try again' },
  ];
};
