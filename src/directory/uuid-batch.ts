import type { LRUCache } from 'lru-cache';
import type { Domain } from '../model/contract.ts';
import { GatewayError } from '../model/errors.ts';
import type { Operation } from '../model/operation.ts';
import { recordAge } from '../pages/record-hit.ts';
import type { KeptValues } from '../pages/values/kept-values.ts';
import type { KeepValues, KnownValue } from '../pages/values/value-kind.ts';
import type { Clock } from '../platform/clock.ts';
import { type AskedFor, type ClosedDomains, type Verdict, whyOf } from './closed-domains.ts';
import type { Outlook } from './directory.ts';
import { endEarly } from './early-end.ts';
import { type LookupPlan, planLookup } from './planner.ts';
import { found, missing, type Resolved, unavailable } from './resolved.ts';

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

/** Calls by credential, lately. */
export type Counts = LRUCache<string, number>;

interface BatchParts<Value> {
  readonly source: ByUuidSource<Value>;
  /** On batches. */
  readonly spent: Counts;
  /** On reading on in the list; `Infinity`: it is longer than may be walked. */
  readonly looked: Counts;
  readonly operation: Operation;
  readonly outlook: Outlook;
}

/** A call takes a tenth of a second at upstream's limit. A walk shall not need more than a quarter of the time that is left: others use the limit, too. */
const timeOfWalkedCallMs = 400;

/** One gathering of uuids on its way to answers. */
export class UuidBatch<Value> {
  readonly #source: ByUuidSource<Value>;
  readonly #spent: Counts;
  readonly #looked: Counts;
  readonly #outlook: Outlook;
  #operation: Operation;
  readonly #credentialKey: string;
  readonly #answers = new Map<string, Resolved<Value>>();
  #all: Promise<ReadonlyMap<string, Value>> | undefined;
  /** Pages of the list that were read, and calls that were spent on halving. */
  #looks = 0;
  #halvings = 0;
  /** The list is longer than may be walked, or than there is room for. */
  #isWalkRefused = false;

  constructor({ source, spent, looked, operation, outlook }: BatchParts<Value>) {
    this.#source = source;
    this.#spent = spent;
    this.#looked = looked;
    this.#outlook = outlook;
    this.#operation = operation;
    this.#credentialKey = operation.caller?.credentialKey ?? '';
  }

  async resolve(uuids: readonly string[]): Promise<readonly Resolved<Value>[]> {
    const unlisted = uuids.filter((uuid) => {
      const known =
        this.#source.listed(uuid, this.#operation) ?? (uuidForm.test(uuid) ? undefined : { value: undefined });
      if (known !== undefined) this.#answer(uuid, known.value);
      return known === undefined;
    });
    const kept = await this.#source.kept.find(unlisted, this.#operation);
    for (const [uuid, { value }] of kept) this.#answer(uuid, value);
    const open = unlisted.filter((uuid) => !kept.has(uuid));
    if (open.length > 0) {
      await endEarly(this.#operation, this.#source.clock, async (operation) => {
        this.#operation = operation;
        await this.#ask(open);
      });
    }
    return uuids.map((uuid) => this.#answers.get(uuid) ?? unavailable);
  }

  /** Batches or the whole list, whichever costs fewer calls. */
  async #ask(uuids: readonly string[]): Promise<void> {
    const { domain, isThere, maxBatch } = this.#source;
    const why = isThere ? this.#source.closed.closedTo(this.#credentialKey, domain) : 'UNAVAILABLE';
    if (why !== undefined) return this.#settle(uuids, { resolution: why });
    const plan = this.#planFor(uuids.length);
    if (plan === 'all') {
      const left = await this.#askForAll(uuids);
      return left.length === 0 ? undefined : this.#ask(left);
    }
    if (plan === 'look') {
      const left = await this.#look(uuids);
      return left.length === 0 ? undefined : this.#ask(left);
    }
    const batches = Array.from({ length: Math.ceil(uuids.length / maxBatch) }, (_, index) =>
      uuids.slice(index * maxBatch, (index + 1) * maxBatch),
    );
    // Until the domain has answered once, one batch finds out for all whether it is open.
    const [first, ...others] = batches;
    if (first !== undefined) await this.#askForBatch(first);
    await Promise.all(others.map((batch) => this.#askForBatch(batch)));
  }

  #planFor(wanted: number): LookupPlan {
    if (this.#isWalkRefused) return 'batches';
    const foreseen = this.#foreseen();
    return planLookup({
      ...(foreseen !== undefined && { foreseen }),
      wanted,
      batches: Math.ceil(wanted / this.#source.maxBatch),
      walk: this.#source.costOfAll(this.#operation),
      spent: this.#spent.get(this.#credentialKey) ?? 0,
      isFirstPageKept: this.#looks > 0 || this.#source.isFirstPageKept(this.#operation),
    });
  }

  /** Nothing where nothing is kept: what is read ahead would be read again. */
  #foreseen(): Parameters<typeof planLookup>[0]['foreseen'] {
    const { clock, ttlMs } = this.#source;
    const { gatheringsToCome: gatherings } = this.#outlook;
    const looked = this.#looked.get(this.#credentialKey) ?? 0;
    if (gatherings === undefined || ttlMs === 0 || looked === Infinity) return undefined;
    return { gatherings, looked, maxWalk: (this.#operation.deadlineMs - clock.nowMs()) / timeOfWalkedCallMs };
  }

  /** Reads on in the list, and answers what stands there. Gives what is left. */
  async #look(uuids: readonly string[]): Promise<readonly string[]> {
    this.#looks++;
    this.#looked.set(this.#credentialKey, (this.#looked.get(this.#credentialKey) ?? 0) + 1);
    const keep = this.#source.kept.beginReading(this.#operation);
    try {
      await this.#source.readOn(this.#operation);
      this.#source.closed.noteAnswered(this.#credentialKey, this.#source.domain);
    } catch (error) {
      const verdict = this.#judge(error, 'everything');
      this.#settle(uuids, { resolution: whyOf(verdict) });
      return [];
    }
    return this.#answerListed(uuids, keep);
  }

  /**
   * Answers what kept lists tell, and keeps it by uuid too: other replicas find it by that, and do not know that a list of theirs would have it.
   * Gives what is left.
   */
  #answerListed(uuids: readonly string[], keep: KeepValues<Value>): readonly string[] {
    const values = new Map<string, Value | undefined>();
    let oldestAtMs = Infinity;
    const left = uuids.filter((uuid) => {
      const known = this.#source.listed(uuid, this.#operation);
      if (known === undefined) return true;
      this.#answer(uuid, known.value);
      values.set(uuid, known.value);
      oldestAtMs = Math.min(oldestAtMs, known.atMs);
      return false;
    });
    if (values.size > 0) keep(values, oldestAtMs);
    return left;
  }

  /** Asks for all of them at once. True: they were all there. */
  async #askForBatch(uuids: readonly string[]): Promise<boolean> {
    const why = this.#source.closed.closedTo(this.#credentialKey, this.#source.domain);
    if (why !== undefined) {
      this.#settle(uuids, { resolution: why });
      return false;
    }
    this.#spent.set(this.#credentialKey, (this.#spent.get(this.#credentialKey) ?? 0) + 1);
    const keep = this.#source.kept.beginReading(this.#operation);
    try {
      const { values, atMs } = await this.#source.fetch(uuids, this.#operation);
      this.#source.closed.noteAnswered(this.#credentialKey, this.#source.domain);
      const byUuid = this.#byUuid(values);
      for (const uuid of uuids) this.#answer(uuid, byUuid.get(uuid));
      keep(new Map(uuids.map((uuid) => [uuid, byUuid.get(uuid)])), atMs);
      recordAge(this.#operation.report, { atMs, ttlMs: this.#source.ttlMs });
      return true;
    } catch (error) {
      const verdict = this.#judge(error, 'uuids');
      if (verdict !== 'unknown uuid') {
        this.#settle(uuids, { resolution: whyOf(verdict) });
      } else {
        await this.#halve(uuids, keep);
      }
      return false;
    }
  }

  /** Finds what is unknown among uuids that upstream has refused together. */
  async #halve(refused: readonly string[], keep: KeepValues<Value>): Promise<void> {
    // What a list told meanwhile is known; what upstream does not know is still among the rest.
    const uuids = refused.filter((uuid) => !this.#answers.has(uuid));
    const [uuid] = uuids;
    if (uuid === undefined) return;
    if (uuids.length === 1) {
      this.#answer(uuid, undefined);
      keep(new Map([[uuid, undefined]]), this.#source.clock.nowMs());
      return;
    }
    const cost = this.#source.costOfAll(this.#operation);
    // As many calls as this, or more, are left to make.
    if (!this.#isWalkRefused && cost !== undefined && cost <= Math.ceil(Math.log2(uuids.length))) {
      return this.#halve(await this.#askForAll(uuids), keep);
    }
    // Nobody knows how long the list is: as many calls go into reading it as into halving, so that neither costs more than twice the cheaper one.
    if (cost === undefined && this.#mayLook()) return this.#halve(await this.#look(uuids), keep);
    this.#halvings++;
    const middle = Math.ceil(uuids.length / 2);
    const [front, back] = [uuids.slice(0, middle), uuids.slice(middle)];
    const isFrontWhole = await this.#askForBatch(front);
    // Then what is unknown is in the back, and nobody needs to ask whether.
    if (isFrontWhole) await this.#halve(back, keep);
    else {
      this.#halvings++;
      await this.#askForBatch(back);
    }
  }

  /** Without a cache every look would be at the first page, so that one is enough. */
  #mayLook(): boolean {
    return this.#looks <= (this.#source.isFirstPageKept(this.#operation) ? this.#halvings : 0);
  }

  /** Reads the whole list. Gives what is left: all of them where it must not be walked, and else nothing. */
  async #askForAll(uuids: readonly string[]): Promise<readonly string[]> {
    const keep = this.#source.kept.beginReading(this.#operation);
    try {
      this.#all ??= this.#source.readAll(this.#operation).then((values) => this.#byUuid(values));
      const all = await this.#all;
      this.#source.closed.noteAnswered(this.#credentialKey, this.#source.domain);
      // Where nothing is kept, no list tells of it.
      for (const uuid of this.#answerListed(uuids, keep)) this.#answer(uuid, all.get(uuid));
    } catch (error) {
      if (error instanceof GatewayError && error.code === 'CALL_BUDGET_EXCEEDED') {
        this.#isWalkRefused = true;
        this.#looked.set(this.#credentialKey, Infinity);
        return uuids;
      }
      const verdict = this.#judge(error, 'everything');
      this.#settle(uuids, { resolution: whyOf(verdict) });
    }
    return [];
  }

  #judge(error: unknown, asked: AskedFor): Verdict {
    return this.#source.closed.judge(this.#credentialKey, this.#source.domain, { error, asked });
  }

  #answer(uuid: string, value: Value | undefined): void {
    this.#answers.set(uuid, value === undefined ? missing : found(value));
  }

  #byUuid(values: readonly Value[]): ReadonlyMap<string, Value> {
    return new Map(values.map((value) => [this.#source.keyOf(value), value]));
  }

  #settle(uuids: readonly string[], answer: Resolved<Value>): void {
    for (const uuid of uuids) this.#answers.set(uuid, answer);
  }
}
