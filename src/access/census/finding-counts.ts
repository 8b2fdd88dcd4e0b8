import type { FindingKind, Severity } from '../finding-kinds.ts';
import { inStretches } from './slices.ts';

/** So many subjects are looked at to find one finding again: a tenth of a millisecond. */
export const subjectsInBlock = 32;

/**
 * Findings of one kind and severity that follow from a census alone, counted: how many there are before each block of subjects, and behind the last one how many there
 * are. They are found again block by block, so that none has to be kept.
 */
export type FindingStarts = Uint32Array;

/** By kind and severity. */
export class FindingCounts {
  readonly #blockCount: number;
  readonly #starts = new Map<string, FindingStarts>();

  constructor(subjectCount: number) {
    this.#blockCount = Math.ceil(subjectCount / subjectsInBlock);
  }

  /** Undefined: there are none. */
  get(kind: FindingKind, severity: Severity): FindingStarts | undefined {
    return this.#starts.get(`${severity} ${kind}`);
  }

  /** Begins with none. */
  open(kind: FindingKind, severity: Severity): FindingStarts {
    const starts = new Uint32Array(this.#blockCount + 1);
    this.#starts.set(`${severity} ${kind}`, starts);
    return starts;
  }

  /** To be called when each block has its count at the place behind its own. */
  async sum(): Promise<void> {
    for (const starts of this.#starts.values()) {
      await inStretches(this.#blockCount, (block) => {
        starts[block + 1] = (starts[block + 1] as number) + (starts[block] as number);
      });
    }
  }
}
