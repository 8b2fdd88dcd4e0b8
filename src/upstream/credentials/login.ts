import { Aborter, type Signal } from '../../platform/abort.ts';
import type { Clock } from '../../platform/clock.ts';
import { silentLogger } from '../../platform/logger.ts';
import type { Random } from '../../platform/random.ts';
import type { Tokens } from './read-tokens.ts';
import { createTokenEndpoint } from './token-endpoint.ts';

export interface LoginOptions {
  readonly tokenUrl: string;
  readonly username: string;
  /** Secret. */
  readonly password: string;
  readonly clock: Clock;
  readonly random: Random;
  /** Ends the login early. */
  readonly signal?: Signal;
}

const deadlineMs = 150_000;
const attemptTimeoutMs = 65_000;

/** Logs an API user in once, for `rolescope token`. Fails with a `GatewayError`. */
export const login = async ({ username, password, signal, ...options }: LoginOptions): Promise<Tokens> => {
  const endpoint = createTokenEndpoint({ ...options, logger: silentLogger, attemptTimeoutMs });
  try {
    return await endpoint.password(username, password, {
      signal: signal ?? new Aborter().signal,
      deadlineMs: options.clock.nowMs() + deadlineMs,
    });
  } finally {
    await endpoint.close();
  }
};
