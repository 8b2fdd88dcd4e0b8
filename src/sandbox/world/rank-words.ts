/** Gives each of `size` words its rank among them; equal words have equal ranks. */
export const rankWords = (size: number, wordAt: (index: number) => string): Uint32Array => {
  const words = Array.from({ length: size }, (_, index) => wordAt(index));
  const sorted = [...new Set(words)].toSorted((a, b) => (a < b ? -1 : 1));
  const rankByWord = new Map(sorted.map((word, rank) => [word, rank]));
  return Uint32Array.from(words, (word) => rankByWord.get(word) as number);
};
