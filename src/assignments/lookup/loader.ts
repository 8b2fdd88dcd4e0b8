import DataLoader from 'dataloader';
import type { Operation } from '../../model/operation.ts';

/** Gathers keys of one operation that are asked for at the same time, each once. */
interface Loader<Key, Value> {
  load(key: Key): Promise<Value>;
}

interface LoaderOptions<Key, Value> {
  readonly operation: Operation;
  /** Is given distinct keys and answers for each in its place: a value, or the error that this key alone fails with. */
  readonly loadBatch: (keys: readonly Key[]) => Promise<readonly (Value | Error)[]>;
  /** What is the same for equal keys. */
  readonly nameOf: (key: Key) => unknown;
}

/**
 * A loader for one operation. Answers and errors are remembered as long as the loader lives. What is asked for at the same time is everything until the
 * operation has no work of its own left: a long list is written in several turns, and each of its items may ask for something.
 */
export const createLoader = <Key, Value>({
  operation,
  loadBatch,
  nameOf,
}: LoaderOptions<Key, Value>): Loader<Key, Value> =>
  new DataLoader<Key, Value, unknown>((keys) => loadBatch(keys), {
    cacheKeyFn: nameOf,
    batchScheduleFn: (dispatch) => whenAllHasAsked(operation, dispatch),
  });

const whenAllHasAsked = (operation: Operation, dispatch: () => void): void => {
  const { turns } = operation;
  const isBusy = (): boolean => turns?.isWaiting(operation) === true;
  const goOn = (): void => whenAllHasAsked(operation, dispatch);
  if (isBusy()) turns?.whenIdle(operation, goOn);
  // After everything that promises which are settled already lead to, as DataLoader does by itself.
  else void Promise.resolve().then(() => process.nextTick(() => (isBusy() ? goOn() : dispatch())));
};
