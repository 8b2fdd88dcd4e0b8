/**
 * Lets those who want the same thing have it one after the other, in the order in which they came. What one has read of a subject must still be so when it
 * writes, as far as this process can see to that.
 */
export interface TurnsByName {
  /** Does the work when everybody who came before for this name has done theirs, however that ended. Settles as the work does. */
  take<Value>(name: string, work: () => Promise<Value>): Promise<Value>;
}

export const createTurnsByName = (): TurnsByName => {
  const last = new Map<string, Promise<unknown>>();
  return {
    async take(name, work) {
      const before = last.get(name);
      const mine = (before ?? Promise.resolve()).then(work, work);
      // Whoever comes next waits for it and does not care how it ended.
      const over = mine.then(
        () => {},
        () => {},
      );
      last.set(name, over);
      try {
        return await mine;
      } finally {
        if (last.get(name) === over) last.delete(name);
      }
    },
  };
};
