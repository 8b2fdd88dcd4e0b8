import type { CensusSource } from '../access/census/census.ts';
import type { Operation } from '../model/operation.ts';
import type { Pages } from '../pages/create-pages.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import type { Upstream } from '../upstream/client.ts';
import type { Audit, OnChange } from './audit.ts';
import type { TurnsByName } from './turns-by-name.ts';

export interface WritesOptions {
  readonly upstream: Pick<Upstream, 'call'>;
  readonly pages: Pick<Pages, 'invalidate'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Told of every attempted change, whatever else is logged. */
  readonly auditLogger: Logger;
  /** Tells who holds a role. */
  readonly censuses: Pick<CensusSource, 'read'>;
  /** `ROLESCOPE_WRITES`. */
  readonly isOn: boolean;
  /** `ROLESCOPE_WRITE_SETTLE_MS`: how long a write that was accepted may take to show. */
  readonly settleMs: number;
  /** `ROLESCOPE_AUDIT_FILE`. */
  readonly auditFile?: string | undefined;
  /** Told of every attempted change. */
  readonly onChange?: OnChange | undefined;
  /** Told where a revocation made a role global, or took more than was asked. */
  readonly onAccident?: ((isUndone: boolean) => void) | undefined;
  /** Put around every attempted change, for traces. */
  readonly trace?: Trace | undefined;
}

type Trace = <Value>(name: string, operation: Operation, work: () => Promise<Value>) => Promise<Value>;

/** What one operation's changes tell others. */
export interface WriteHooks {
  /** Called when what the operation itself has read may be so no more. */
  readonly onChanged: () => void;
}

/** All that one operation's changes are made with. */
export interface WriteParts extends WritesOptions, WriteHooks {
  readonly trace: Trace;
  readonly audit: Audit;
  readonly turns: TurnsByName;
  readonly operation: Operation;
}
