import DataLoader from 'dataloader';

/** Gathers keys of one operation that are asked for at the same time, each once. */
interface Loader<Key, Value> {
  load(key: Key): Promise<Value>;
}

/**
 * A loader for one operation. `loadBatch` is given distinct keys and answers for each in its place: a value, or the error
 * that this key alone fails with. Answers and errors are remembered as long as the loader lives.
 */
export const createLoader = <Key, Value>(
  loadBatch: (keys: readonly Key[]) => Promise<readonly (Value | Error)[]>,
  nameOf: (key: Key) => string,
): Loader<Key, Value> => new DataLoader<Key, Value, string>((keys) => loadBatch(keys), { cacheKeyFn: nameOf });
