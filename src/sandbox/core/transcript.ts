import type { Domain } from './domain.ts';

/** One call that the sandbox saw, as far as it is safe to tell: no credential is ever in it. */
export interface TranscriptEntry {
  /** Counts calls from 1. */
  readonly number: number;
  readonly atMs: number;
  readonly domain: Domain;
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** Name of the API user, where the token (or the login) was good. */
  readonly user?: string;
  /** Of a token request. */
  readonly grantType?: string;
  /** The `response-id` that the call carried: it was a poll. */
  readonly responseId?: string;
  /** Of a call with a JSON body that was found right: what it said. */
  readonly body?: unknown;
  /** How often a write was carried out: noted with the request itself, never with its polls. */
  readonly executions?: number;
  /** How many rows of a list were made for this request. */
  readonly rows?: number;
  /** The rest is there once the call was answered. Without an answer (reset, hang, client gone) there is no status. */
  readonly status?: number;
  readonly answeredAtMs?: number;
  readonly durationMs?: number;
  readonly requestId?: string;
  /** The `response-id` that a 202 gave. */
  readonly givenResponseId?: string;
  /** What a scripted fault did: its form, or `status`, `delay`, `takes`. */
  readonly fault?: string;
  /** True where the client went away before the answer was complete. */
  readonly isAborted?: boolean;
}

/** Facts that become known while a call is answered. */
export type TranscriptNote = Partial<Omit<TranscriptEntry, 'number' | 'atMs' | 'domain' | 'method' | 'path' | 'query'>>;

/** Old entries are dropped beyond this, so that a benchmark does not fill the memory. */
const maxEntries = 50_000;

/** What the sandbox saw, in the order in which it saw it. */
export class Transcript {
  #entries: TranscriptEntry[] = [];
  #count = 0;

  /** Opens an entry; the answer adds to it. */
  open(entry: Omit<TranscriptEntry, 'number'>): (note: TranscriptNote) => void {
    this.#count++;
    const kept = { ...entry, number: this.#count };
    this.#entries.push(kept);
    if (this.#entries.length >= 2 * maxEntries) this.#entries = this.#entries.slice(-maxEntries);
    return (note) => {
      Object.assign(kept, note);
    };
  }

  list(): TranscriptEntry[] {
    return this.#entries.slice(-maxEntries).map((entry) => ({ ...entry }));
  }

  clear(): void {
    this.#entries = [];
    this.#count = 0;
  }
}
