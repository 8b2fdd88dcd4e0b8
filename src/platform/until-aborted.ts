import type { Signal } from './abort.ts';

/** Waits for work that others share: settles as it does, or rejects with the signal's reason as soon as that aborts. The work goes on. */
export const untilAborted = <Value>(work: Promise<Value>, signal: Signal): Promise<Value> =>
  new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
    // The work is listened to in any case: a failure that nobody waits for any more must not end the process.
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
