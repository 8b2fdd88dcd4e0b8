import { plainBytes } from '../sizes.ts';

/** Things that are read by key and not from a list, as far as keeping them needs to know. */
export interface ValueKind<Value> {
  /** Unlike that of every other kind: part of every name in Redis. */
  readonly name: string;
  /** About how many bytes of memory one takes. */
  readonly sizeOf: (value: Value) => number;
  /** As something that JSON can write. */
  readonly pack: (value: Value) => unknown;
  /** Reads what `pack` made and JSON brought back. Throws where it is something else. */
  readonly unpack: (packed: unknown) => Value;
}

/** What is known of a key. */
export interface KnownValue<Value> {
  /** Undefined: upstream was asked, and does not know the key. */
  readonly value: Value | undefined;
  /** When upstream said so. */
  readonly atMs: number;
}

/** Keeps what was read: keys that upstream does not know with undefined. Keys of which nothing was learnt are to be left out. */
export type KeepValues<Value> = (values: ReadonlyMap<string, Value | undefined>, atMs: number) => void;

/** A kind whose values JSON can write as they are. Give it another name when its values get another shape: replicas of two releases may share one Redis. */
export const plainValues = <Value>(name: string): ValueKind<Value> => ({
  name,
  sizeOf: plainBytes,
  pack: (value) => value,
  unpack: (packed) => packed as Value,
});
