import type { Census } from './census/census.ts';

/** Answers questions about access for one operation. Every method fails with a `GatewayError`. */
export interface Access {
  /** The whole account as one picture; one and the same for all of the operation. */
  census(includeNestedScopes: boolean): Promise<Census>;
}
