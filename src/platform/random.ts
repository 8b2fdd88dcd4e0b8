import { randomUUID } from 'node:crypto';

/** The one door to chance, so that tests can seed it. */
export interface Random {
  /** At least 0, below 1. */
  number(): number;
  uuid(): string;
}

export const systemRandom: Random = { number: () => Math.random(), uuid: () => randomUUID() };
