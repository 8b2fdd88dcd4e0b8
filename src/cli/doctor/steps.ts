import type { Step } from './step.ts';
import { connectionSteps } from './steps/connections.ts';
import { deviceSteps } from './steps/devices.ts';
import { identitySteps } from './steps/identity.ts';
import { loginSteps } from './steps/login.ts';
import { policySteps } from './steps/policies.ts';
import { userSteps } from './steps/users.ts';

/** The steps, in the order in which things must work: first what everything needs, then each domain that gives names. */
export const steps: readonly Step[] = [
  ...connectionSteps,
  ...loginSteps,
  ...identitySteps,
  ...userSteps,
  ...deviceSteps,
  ...policySteps,
];
