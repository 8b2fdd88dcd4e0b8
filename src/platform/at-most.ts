const one = (): number => 1;

/**
 * Options of an LRU cache of at most so many entries, each as large as any other. It takes memory for entries as they come. With `max` in place of this it
 * takes memory for all of them when it is made, and an idle gateway would hold megabytes for what it does not remember.
 */
export const atMost = (count: number): { readonly maxSize: number; readonly sizeCalculation: () => number } => ({
  maxSize: count,
  sizeCalculation: one,
});
