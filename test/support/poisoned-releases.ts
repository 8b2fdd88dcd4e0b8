import { vi } from 'vitest';
import { bufferPool } from '../../src/platform/buffer-pool.ts';

/** From now on what is released is written over at once, and not when somebody happens to need it. `end` tells how much has been. */
export const poisonReleases = (): { readonly end: () => number } => {
  const release = bufferPool.release.bind(bufferPool);
  let count = 0;
  const spy = vi.spyOn(bufferPool, 'release').mockImplementation((view) => {
    if (!bufferPool.lends(view)) return;
    count++;
    new Uint8Array(view.buffer).fill(0x58);
    release(view);
  });
  return {
    end: () => {
      spy.mockRestore();
      return count;
    },
  };
};
