import type { LRUCache } from 'lru-cache';
import type { Domain } from '../model/contract.ts';
import { GatewayError } from '../model/errors.ts';
import type { Operation } from '../model/operation.ts';
import { recordAge } from '../pages/record-hit.ts';
import type { KeptValues } from '../pages/values/kept-values.ts';
import type { KeepValues, KnownValue } from '../pages/values/value-kind.ts';
import type { Clock } from '../platform/clock.ts';
import { type TurnTaker, workInTurns } from '../platform/work-in-turns.ts';
import { ShardedMap } from './sharded-map.ts';
import { type AskedFor, type ClosedDomains, type Verdict, whyOf } from './closed-domains.ts';
import { found, foundOrMissing, missing, type Resolved, type Unresolved } from './resolved.ts';

/** Where things of one kind come from. */
export interface ByUuidSource<Value> {
  readonly domain: Domain;
  readonly closed: ClosedDomains;
  readonly clock: Clock;
  /** How long an answer may be given again. */
  readonly ttlMs: number;
  /** False: the domain has no address, and is not asked. */
  readonly isThere: boolean;
  /** Most that one call takes. */
  readonly maxBatch: number;
  /** All of them in one call, or a refusal that does not say which one is unknown. */
  readonly fetch: (uuids: readonly string[], operation: Operation) => Promise<FetchedBatch<Value>>;
  readonly keyOf: (value: Value) => string;
  /** What kept lists tell of one, without a call; `value` undefined: upstream does not know it. Undefined: they do not know. */
  readonly listed: (uuid: string, operation: Operation) => KnownValue<Value> | undefined;
  readonly kept: KeptValues<Value>;
  /** Everything of the kind. */
  readonly readAll: (operation: Operation) => Promise<readonly Value[]>;
  /** Reads the next page of the list that is not kept, the first where none is; `listed` then knows it. */
  readonly readOn: (operation: Operation) => Promise<unknown>;
  readonly isFirstPageKept: (operation: Operation) => boolean;
  /** What `readAll` would cost, about, in calls; undefined where nobody knows. */
  readonly costOfAll: (operation: Operation) => number | undefined;
}

interface FetchedBatch<Value> {
  readonly values: readonly Value[];
  /** When upstream gave them. */
  readonly atMs: number;
}

/** Upstream's ids are uuids, and it refuses a whole batch for one text that is none. Such a text names nothing that it could know. */
const uuidForm = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i;

/** What lists tell of a uuid, and of a text that is none; undefined where somebody else has to be asked. */
export const listedOrMalformed = <Value>(
  uuid: string,
  { listed }: Pick<ByUuidSource<Value>, 'listed'>,
  operation: Operation,
): Pick<KnownValue<Value>, 'value'> | undefined =>
  listed(uuid, operation) ?? (uuidForm.test(uuid) ? undefined : { value: undefined });

/** Calls by credential, lately. */
export type Counts = LRUCache<string, number>;

/** Uuids that upstream refuses together, because it does not know one of them. */
export interface Refusal<Value> {
  readonly uuids: readonly string[];
  /** Of the reading that was refused. */
  readonly keep: KeepValues<Value>;
}

interface AnswersParts<Value> {
  readonly source: ByUuidSource<Value>;
  readonly operation: Operation;
  /** Calls on batches. */
  readonly spent: Counts;
  /** Calls on reading on in the list; `Infinity`: it is longer than may be walked. */
  readonly looked: Counts;
  /** Where the answers go. */
  readonly answers: ShardedMap<Resolved<Value>>;
  /** Whose turns it takes: of whole accounts there are a million answers. */
  readonly taker: TurnTaker;
}

/** So many keys are looked for in what is kept at once, in one round trip where replicas share it. */
const keysAtOnce = 1000;

/** What pages of the list told. */
interface ListReadings {
  readonly pages: number;
  /** How many uuids stood there, and how many on the last page. */
  readonly told: number;
  readonly toldLast: number;
}

/** The answers to some uuids, as far as they are known, and the ways to know more: a batch, the next page of the list, the whole list. No way rejects. */
export class UuidAnswers<Value> {
  readonly #source: ByUuidSource<Value>;
  readonly #operation: Operation;
  readonly #spent: Counts;
  readonly #looked: Counts;
  readonly #credentialKey: string;
  readonly #answers: ShardedMap<Resolved<Value>>;
  readonly #taker: TurnTaker;
  #all: Promise<readonly Value[]> | undefined;
  #allByUuid: Promise<ShardedMap<Resolved<Value>>> | undefined;
  #readings: ListReadings = { pages: 0, told: 0, toldLast: 0 };
  #isWalkRefused = false;

  constructor({ source, operation, spent, looked, answers, taker }: AnswersParts<Value>) {
    this.#source = source;
    this.#operation = operation;
    this.#spent = spent;
    this.#looked = looked;
    this.#answers = answers;
    this.#taker = taker;
    this.#credentialKey = operation.caller?.credentialKey ?? '';
  }

  get readings(): ListReadings {
    return this.#readings;
  }

  /** Calls on batches that this credential has made lately. */
  get spent(): number {
    return this.#spent.get(this.#credentialKey) ?? 0;
  }

  /** Pages of the list that this credential has read ahead lately. `Infinity`: it is longer than may be walked. */
  get looked(): number {
    return this.#looked.get(this.#credentialKey) ?? 0;
  }

  /** The list is longer than may be walked, or than there is room for. */
  get isWalkRefused(): boolean {
    return this.#isWalkRefused;
  }

  /** Why the domain is not asked; undefined where it is. */
  get whyClosed(): Unresolved | undefined {
    const { domain, isThere, closed } = this.#source;
    return isThere ? closed.closedTo(this.#credentialKey, domain, this.#operation.report) : 'UNAVAILABLE';
  }

  /** Those without an answer. */
  without(uuids: readonly string[]): readonly string[] {
    return uuids.filter((uuid) => this.#answers.get(uuid) === undefined);
  }

  /** Answers what is known without a call. Gives what is left. */
  async answerKnown(uuids: readonly string[]): Promise<readonly string[]> {
    const open: string[] = [];
    await workInTurns(uuids, this.#taker, (uuid) => {
      const known = listedOrMalformed(uuid, this.#source, this.#operation);
      if (known === undefined) open.push(uuid);
      else this.#answer(uuid, known.value);
    });
    const left: string[] = [];
    for (let from = 0; from < open.length; from += keysAtOnce) {
      const keys = open.slice(from, from + keysAtOnce);
      const kept = await this.#source.kept.find(keys, this.#operation);
      await workInTurns(keys, this.#taker, (uuid) => {
        const known = kept.get(uuid);
        if (known === undefined) left.push(uuid);
        else this.#answer(uuid, known.value);
      });
    }
    return left;
  }

  /** Notes that upstream does not know it, as a refusal has told. */
  answerUnknown(uuid: string, keep: KeepValues<Value>): void {
    this.#answer(uuid, undefined);
    keep(new Map([[uuid, undefined]]), this.#source.clock.nowMs());
  }

  /** Asks for all of them at once. */
  async askForBatch(uuids: readonly string[]): Promise<'whole' | 'settled' | Refusal<Value>> {
    const why = this.whyClosed;
    if (why !== undefined) {
      await this.settle(uuids, { resolution: why });
      return 'settled';
    }
    this.#spent.set(this.#credentialKey, this.spent + 1);
    const keep = this.#source.kept.beginReading(this.#operation);
    try {
      const { values, atMs } = await this.#source.fetch(uuids, this.#operation);
      this.#source.closed.noteAnswered(this.#credentialKey, this.#source.domain);
      const byUuid = this.#byUuid(values);
      for (const uuid of uuids) this.#answer(uuid, byUuid.get(uuid));
      keep(new Map(uuids.map((uuid) => [uuid, byUuid.get(uuid)])), atMs);
      recordAge(this.#operation.report, { atMs, ttlMs: this.#source.ttlMs });
      return 'whole';
    } catch (error) {
      const verdict = this.#judge(error, 'uuids');
      if (verdict === 'unknown uuid') return { uuids, keep };
      await this.settle(uuids, { resolution: whyOf(verdict) });
      return 'settled';
    }
  }

  /** Reads on in the list, and answers what stands there. Gives what is left. */
  async look(uuids: readonly string[]): Promise<readonly string[]> {
    this.#looked.set(this.#credentialKey, this.looked + 1);
    const share = this.#source.kept.beginSharing(this.#operation);
    try {
      await this.#source.readOn(this.#operation);
      this.#source.closed.noteAnswered(this.#credentialKey, this.#source.domain);
    } catch (error) {
      const verdict = this.#judge(error, 'everything');
      this.#note(0);
      await this.settle(uuids, { resolution: whyOf(verdict) });
      return [];
    }
    const left = await this.#answerListed(uuids, share);
    const toldLast = uuids.length - left.length;
    this.#note(toldLast);
    return left;
  }

  #note(toldLast: number): void {
    const { pages, told } = this.#readings;
    this.#readings = { pages: pages + 1, told: told + toldLast, toldLast };
  }

  /** Reads the whole list. Gives what is left: all of them where it must not be walked, and else nothing. */
  async askForAll(uuids: readonly string[]): Promise<readonly string[]> {
    const share = this.#source.kept.beginSharing(this.#operation);
    try {
      this.#all ??= this.#source.readAll(this.#operation);
      const all = await this.#all;
      this.#source.closed.noteAnswered(this.#credentialKey, this.#source.domain);
      const left = await this.#answerListed(uuids, share);
      // Where nothing is kept, no list tells of it.
      if (left.length > 0) {
        const listed = await (this.#allByUuid ??= this.#byUuidInTurns(all));
        await workInTurns(left, this.#taker, (uuid) => this.#answers.set(uuid, listed.get(uuid) ?? missing));
      }
    } catch (error) {
      if (error instanceof GatewayError && error.code === 'CALL_BUDGET_EXCEEDED') {
        this.#isWalkRefused = true;
        this.#looked.set(this.#credentialKey, Infinity);
        return uuids;
      }
      const verdict = this.#judge(error, 'everything');
      await this.settle(uuids, { resolution: whyOf(verdict) });
    }
    return [];
  }

  /**
   * Answers what kept lists tell, and shares it by uuid: other replicas find it by that, and do not know that a list of theirs would have it.
   * Gives what is left.
   */
  async #answerListed(uuids: readonly string[], share: KeepValues<Value> | undefined): Promise<readonly string[]> {
    const values = new Map<string, Value | undefined>();
    let oldestAtMs = Infinity;
    const left: string[] = [];
    await workInTurns(uuids, this.#taker, (uuid) => {
      const known = this.#source.listed(uuid, this.#operation);
      if (known === undefined) {
        left.push(uuid);
        return;
      }
      this.#answer(uuid, known.value);
      if (share === undefined) return;
      values.set(uuid, known.value);
      oldestAtMs = Math.min(oldestAtMs, known.atMs);
    });
    if (values.size > 0) share?.(values, oldestAtMs);
    return left;
  }

  async #byUuidInTurns(all: readonly Value[]): Promise<ShardedMap<Resolved<Value>>> {
    const listed = new ShardedMap<Resolved<Value>>();
    await workInTurns(all, this.#taker, (value) => listed.set(this.#source.keyOf(value), found(value)));
    return listed;
  }

  #judge(error: unknown, asked: AskedFor): Verdict {
    const { report } = this.#operation;
    return this.#source.closed.judge(this.#credentialKey, this.#source.domain, { error, asked, report });
  }

  #answer(uuid: string, value: Value | undefined): void {
    this.#answers.set(uuid, foundOrMissing(value));
  }

  #byUuid(values: readonly Value[]): ReadonlyMap<string, Value> {
    return new Map(values.map((value) => [this.#source.keyOf(value), value]));
  }

  /** The same answer for all of them that have none. */
  settle(uuids: readonly string[], answer: Resolved<Value>): Promise<void> {
    return workInTurns(uuids, this.#taker, (uuid) => {
      if (this.#answers.get(uuid) === undefined) this.#answers.set(uuid, answer);
    });
  }
}
