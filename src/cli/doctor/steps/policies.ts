import { listPolicies } from '../../../upstream/endpoints/policies.ts';
import { directoryStep } from './directory-step.ts';

/** Whether policies have names. */
export const policySteps = [
  directoryStep({
    name: 'policies may be read',
    endpoint: listPolicies,
    address: 'policiesUrl',
    variable: 'ROLESCOPE_POLICIES_URL',
    missing: 'names of policies',
    right: 'Its permission set needs the functionality to read policies.',
  }),
];
