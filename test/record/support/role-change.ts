import { seedCustomers } from '../../../src/sandbox/world/seed-subjects.ts';

/** Alice of the world that the sandbox makes up. */
export const alice = 'b2b4541d-2402-4b0a-8dbf-f9e6069d416b';
/** The second customer of that world. */
export const customerUuid = seedCustomers[1];

/** Variables of a mutation that gives Alice a role at the second customer, or takes it away. */
export const changeOf = (roleName: string) => ({
  input: { changes: [{ subject: { reference: alice, type: 'USER' }, roleName, at: { scopes: [{ customerUuid }] } }] },
});
