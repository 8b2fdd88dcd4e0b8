import type { Scope } from './subject.ts';

/** What the subjects of one list hold, as numbers: for whoever goes through a whole account, which has too many roles to make an object for each. */
export interface HeldNumbers {
  /** Of each subject, one after the other, how many roles; of each role its place in `names`, how many scopes it lists, and the place of each in `scopes`. */
  readonly numbers: PageNumbers;
  /** Each once. */
  readonly names: readonly string[];
  /** One can be there twice. */
  readonly scopes: readonly Scope[];
}

/** Nearly every page has less than 65,536 of everything, and takes half of the room. */
export type PageNumbers = Uint16Array | Uint32Array;

/** A subject whose roles stand in such a list. */
export interface SubjectInNumbers {
  readonly holdings: HeldNumbers;
  /** Where its numbers begin. */
  readonly start: number;
}
