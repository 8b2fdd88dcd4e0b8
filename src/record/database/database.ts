import type { Kysely } from 'kysely';
import type { Tables } from './tables.ts';

/** An open database of the record, its schema up to date. Embedded or a server: what is asked of it is the same. */
export interface RecordDatabase {
  /** For questions. */
  readonly db: Kysely<Tables>;
  /** For recording: always the same session as long as it lasts, because the lock of the writer belongs to it. */
  readonly writer: Kysely<Tables>;
  /**
   * Calls back whenever a census may have been recorded by whomever, and once when it begins to hear of them. `onLost`: it hears of them no more, and has to be
   * begun again. The answer ends it.
   */
  listen(onRecorded: () => void, onLost: () => void): Promise<() => void>;
  /**
   * Lets it know how large everything is, so that statements take the right way, and in a directory gives room back: nothing does that there by itself. Belongs after much
   * has been written, outside of a transaction.
   */
  tidy(): Promise<void>;
  /** Whether it can go on after an error that was not a refusal of one statement. */
  readonly recovers: boolean;
  close(): Promise<void>;
}

/** The channel of NOTIFY. */
export const channel = 'rolescope_record';
