import type { Signal } from '../platform/abort.ts';
import type { Turns } from '../platform/turns.ts';
import type { CallBudget } from './call-budget.ts';
import type { UpstreamReport } from './upstream-report.ts';

/** Who asks, as far as the gateway needs to know. */
export interface Caller {
  /**
   * Hash of the credential that goes upstream: the key of everything that is kept between requests. Callers with equal
   * keys see the same world.
   */
  readonly credentialKey: string;
  /** The bearer token that goes upstream in passthrough mode; absent in service mode, where the gateway has its own. Secret. */
  readonly bearerToken?: string;
  /** The `sub` of the caller's own token, unverified in passthrough mode; null where it is not a JWT with a `sub`. */
  readonly reference: string | null;
  /**
   * Who calls, among callers who share one credential (service mode): the name of the API key, or the `sub` of the JWT. The limiter
   * bounds each caller's share of its queue by it. Absent: the credential is the caller's own.
   */
  readonly name?: string;
  /** True: may change nothing here, whatever upstream would let the credential do. */
  readonly isReadOnly?: boolean;
}

/** One GraphQL operation on its way through the layers. */
export interface Operation {
  /** Unlike that of every other operation in flight: the limiter serves operations fairly by it. */
  readonly id: string;
  /** Absent: nobody said who they are, and nothing may go upstream. */
  readonly caller?: Caller | undefined;
  /** Aborts when the client goes away, the deadline passes, or the server ends its waits at shutdown. */
  readonly signal: Signal;
  /** When the operation must be answered, in milliseconds of the gateway's clock. */
  readonly deadlineMs: number;
  /** How many upstream calls it may still cost. */
  readonly budget: CallBudget;
  /** What it has cost so far. */
  readonly report: UpstreamReport;
  /** Called when upstream says "not ready yet": who stops waiting from now on leaves an answer behind that can be picked up. */
  readonly onPending?: (() => void) | undefined;
  /** True: nothing kept may answer (`Cache-Control: no-cache`); what is read is kept all the same. */
  readonly bypassCache: boolean;
  /** True: nobody waits for it. The limiter gives it only slots that nobody else wants, and at most half of them. Default: false. */
  readonly isBackground?: boolean | undefined;
  /** What replicas do once together: a page that one of them has read in the same round answers it, although nothing older does. Default: it is nobody else's. */
  readonly sharedRound?: number | undefined;
  /** Where its long work waits, with the operation as owner. Absent: it has none. */
  readonly turns?: Turns;
}
