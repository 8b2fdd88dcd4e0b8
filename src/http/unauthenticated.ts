import { GatewayError } from '../model/errors.ts';

/** Refuses a caller in service mode: what is wrong, and what to send instead. */
export const unauthenticated = (problem: string): GatewayError =>
  new GatewayError(
    'UNAUTHENTICATED',
    `${problem} Send an API key of this gateway as \`x-api-key\`, or a token that it accepts as \`Authorization: Bearer <token>\`.`,
  );
