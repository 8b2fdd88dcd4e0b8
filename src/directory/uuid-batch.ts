import type { Operation } from '../model/operation.ts';
import { turnsOf } from '../platform/work-in-turns.ts';
import type { Outlook } from './directory.ts';
import type { ShardedMap } from './sharded-map.ts';
import { endEarly } from './early-end.ts';
import { type LookupPlan, planLookup } from './planner.ts';
import type { Resolved } from './resolved.ts';
import { type ByUuidSource, type Counts, type Refusal, UuidAnswers } from './uuid-answers.ts';

const isRefusal = <Value>(outcome: 'whole' | 'settled' | Refusal<Value>): outcome is Refusal<Value> =>
  typeof outcome === 'object';

/** Calls that finding one unknown uuid among them takes at least. */
const stepsOf = (uuids: readonly string[]): number => Math.ceil(Math.log2(uuids.length));

interface BatchParts<Value> {
  readonly source: ByUuidSource<Value>;
  readonly spent: Counts;
  readonly looked: Counts;
  readonly operation: Operation;
  readonly outlook: Outlook;
  /** Where the answers go. */
  readonly answers: ShardedMap<Resolved<Value>>;
}

/** A call takes a tenth of a second at upstream's limit. A walk shall not need more than a quarter of the time that is left: others use the limit, too. */
const timeOfWalkedCallMs = 400;

/**
 * Answers different uuids: by what is kept, and for the rest by batches or the list, whichever costs fewer calls. Never rejects for what upstream does. What has no answer then
 * could not be asked for in time.
 */
export const resolveUuids = async <Value>(
  uuids: readonly string[],
  { outlook, operation, ...parts }: BatchParts<Value>,
): Promise<void> => {
  const taker = turnsOf(operation);
  const open = await new UuidAnswers({ ...parts, operation, taker }).answerKnown(uuids);
  if (open.length === 0) return;
  await endEarly(operation, parts.source.clock, async (early) => {
    const answers = new UuidAnswers({ ...parts, operation: early, taker });
    await new UuidBatch({ source: parts.source, operation: early, outlook, answers, wanted: open.length }).ask(open);
  });
};

interface UuidBatchParts<Value> extends Pick<BatchParts<Value>, 'source' | 'operation' | 'outlook'> {
  readonly answers: UuidAnswers<Value>;
  readonly wanted: number;
}

/** One gathering of uuids on its way to answers. */
class UuidBatch<Value> {
  readonly #source: ByUuidSource<Value>;
  readonly #operation: Operation;
  readonly #outlook: Outlook;
  readonly #answers: UuidAnswers<Value>;
  /** How many there were in the beginning. */
  readonly #wanted: number;
  /** Calls that were spent on halving. */
  #halvings = 0;

  constructor({ source, operation, outlook, answers, wanted }: UuidBatchParts<Value>) {
    this.#source = source;
    this.#operation = operation;
    this.#outlook = outlook;
    this.#answers = answers;
    this.#wanted = wanted;
  }

  /** Batches or the list, whichever costs fewer calls. */
  async ask(uuids: readonly string[]): Promise<void> {
    const why = this.#answers.whyClosed;
    if (why !== undefined) return this.#answers.settle(uuids, { resolution: why });
    const plan = this.#planFor(uuids.length);
    if (plan !== 'batches') {
      const left = plan === 'all' ? await this.#answers.askForAll(uuids) : await this.#answers.look(uuids);
      return left.length === 0 ? undefined : this.ask(left);
    }
    const { maxBatch } = this.#source;
    await this.#askInBatches(
      Array.from({ length: Math.ceil(uuids.length / maxBatch) }, (_, index) =>
        uuids.slice(index * maxBatch, (index + 1) * maxBatch),
      ),
    );
  }

  async #askInBatches([first = [], ...others]: readonly (readonly string[])[]): Promise<void> {
    // Until the domain has answered once, one batch finds out for all whether it is open; and whether something is unknown, so that the others are likely to be refused as well.
    const outcome = await this.#answers.askForBatch(first);
    if (isRefusal(outcome) && others.length > 0) {
      const left = await this.#unlessListIsCheaper([...first, ...others.flat()], {
        steps: others.length + (1 + others.length) * stepsOf(first),
      });
      if (left.length === 0) return;
    }
    const outcomes = [outcome, ...(await Promise.all(others.map((batch) => this.#answers.askForBatch(batch))))];
    const refusals = outcomes.filter(isRefusal);
    // One after the other, so that what one has found out about the list serves the next.
    for (const [at, refusal] of refusals.entries()) {
      const behind = refusals.slice(at + 1).reduce((steps, { uuids }) => steps + stepsOf(uuids), 0);
      await this.#halve(refusal, behind);
    }
  }

  #planFor(wanted: number): LookupPlan {
    if (this.#answers.isWalkRefused) return 'batches';
    const foreseen = this.#foreseen();
    const { pages, told, toldLast } = this.#answers.readings;
    return planLookup({
      ...(foreseen !== undefined && { foreseen }),
      wanted,
      batches: Math.ceil(wanted / this.#source.maxBatch),
      walk: this.#source.costOfAll(this.#operation),
      spent: this.#answers.spent,
      isFirstPageKept: pages > 0 || this.#source.isFirstPageKept(this.#operation),
      ...(this.#isListKept && {
        read: {
          pages,
          share: told / this.#wanted,
          isWorthwhile: toldLast >= this.#source.maxBatch,
        },
      }),
    });
  }

  /** Whether a page of the list that is read tells of what stands there. */
  get #isListKept(): boolean {
    return this.#source.ttlMs > 0 && !this.#operation.bypassCache;
  }

  /** Nothing where nothing is kept: what is read ahead would be read again. */
  #foreseen(): Parameters<typeof planLookup>[0]['foreseen'] {
    const { clock, ttlMs } = this.#source;
    const { gatheringsToCome: gatherings } = this.#outlook;
    const { looked } = this.#answers;
    if (gatherings === undefined || ttlMs === 0 || looked === Infinity) return undefined;
    return { gatherings, looked, maxWalk: (this.#operation.deadlineMs - clock.nowMs()) / timeOfWalkedCallMs };
  }

  /** Finds what is unknown among uuids that upstream has refused together. `behind`: steps that others will take which were refused as well. */
  async #halve({ uuids: refused, keep }: Refusal<Value>, behind: number): Promise<void> {
    // What a list told meanwhile is known; what upstream does not know is still among the rest.
    const uuids = this.#answers.without(refused);
    const [uuid] = uuids;
    if (uuid === undefined) return;
    if (uuids.length === 1) return this.#answers.answerUnknown(uuid, keep);
    const left = await this.#unlessListIsCheaper(uuids, { steps: stepsOf(uuids) + behind });
    if (left.length < uuids.length) return this.#halve({ uuids: left, keep }, behind);
    // Nobody knows how long the list is: as many calls go into reading it as into halving, so that neither costs more than twice the cheaper one.
    if (this.#source.costOfAll(this.#operation) === undefined && this.#mayLook()) {
      return this.#halve({ uuids: await this.#answers.look(uuids), keep }, behind);
    }
    const middle = Math.ceil(uuids.length / 2);
    const [front, back] = [uuids.slice(0, middle), uuids.slice(middle)];
    this.#halvings++;
    const inFront = await this.#answers.askForBatch(front);
    // Then what is unknown is in the back, and nobody needs to ask whether.
    if (inFront === 'whole') return this.#halve({ uuids: back, keep }, behind);
    if (isRefusal(inFront)) await this.#halve(inFront, behind + 1 + stepsOf(back));
    const rest = this.#answers.without(back);
    if (rest.length === 0) return;
    this.#halvings++;
    const inBack = await this.#answers.askForBatch(rest);
    if (isRefusal(inBack)) await this.#halve(inBack, behind);
  }

  /**
   * Reads the whole list where it is known to cost no more than so many steps; or where nobody knows how long it is, nothing of it may be kept, and
   * the operation has not as many calls left: a walk has calls of its own. Gives what is left.
   */
  async #unlessListIsCheaper(
    uuids: readonly string[],
    { steps }: { readonly steps: number },
  ): Promise<readonly string[]> {
    if (this.#answers.isWalkRefused) return uuids;
    const cost = this.#source.costOfAll(this.#operation);
    const isCheaper = cost === undefined ? this.#isListOnlyWay(steps) : cost <= steps;
    return isCheaper ? this.#answers.askForAll(uuids) : uuids;
  }

  /** Not for a single batch: a list may be a thousand times as long. */
  #isListOnlyWay(steps: number): boolean {
    return !this.#isListKept && this.#wanted > this.#source.maxBatch && steps > this.#operation.budget.remaining;
  }

  /** Without a cache every look would be at the first page, so that one is enough. */
  #mayLook(): boolean {
    return this.#answers.readings.pages <= (this.#source.isFirstPageKept(this.#operation) ? this.#halvings : 0);
  }
}
