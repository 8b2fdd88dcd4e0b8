import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import type { Random } from '../platform/random.ts';

/** What every layer is given. */
export interface Platform {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}
