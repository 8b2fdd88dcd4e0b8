import { Aborter, type Signal } from '../../platform/abort.ts';
import type { Clock } from '../../platform/clock.ts';
import { silentLogger } from '../../platform/logger.ts';
import type { Random } from '../../platform/random.ts';
import { createUpstream } from '../client.ts';
import type { Tokens } from './token-endpoint.ts';

interface LoginOptions {
  readonly tokenUrl: string;
  readonly username: string;
  /** Secret. */
  readonly password: string;
  readonly clock: Clock;
  readonly random: Random;
  /** Ends the login early. */
  readonly signal?: Signal;
}

/** As long as upstream's longest answer may take. */
const deadlineMs = 150_000;

/** Logs an API user in once, for `rolescope token`. Fails with a `GatewayError`. */
export const login = async ({ tokenUrl, username, password, signal, ...parts }: LoginOptions): Promise<Tokens> => {
  const upstream = createUpstream({
    ...parts,
    addresses: { token: tokenUrl },
    auth: { mode: 'passthrough' },
    logger: silentLogger,
  });
  try {
    return await upstream.tokens.password(username, password, {
      signal: signal ?? new Aborter().signal,
      deadlineMs: parts.clock.nowMs() + deadlineMs,
    });
  } finally {
    await upstream.close();
  }
};
