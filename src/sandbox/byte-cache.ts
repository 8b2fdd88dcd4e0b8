/** Keeps finished bytes, and drops those that were not asked for the longest when they get too many. */
export interface ByteCache {
  get(key: string, make: () => Buffer): Buffer;
}

/** A cache that holds at most `maxBytes`. What is larger by itself is not kept. */
export const createByteCache = (maxBytes: number): ByteCache => {
  const kept = new Map<string, Buffer>();
  let bytes = 0;
  return {
    get(key, make) {
      const found = kept.get(key);
      if (found !== undefined) {
        kept.delete(key);
        kept.set(key, found);
        return found;
      }
      const made = make();
      if (made.length > maxBytes) return made;
      kept.set(key, made);
      bytes += made.length;
      for (const [oldest, buffer] of kept) {
        if (bytes <= maxBytes) break;
        kept.delete(oldest);
        bytes -= buffer.length;
      }
      return made;
    },
  };
};
