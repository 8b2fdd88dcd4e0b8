/** Where in the answer a value stands. */
export interface Path {
  readonly prev: Path | undefined;
  readonly key: string | number;
}

export const pathToArray = (path: Path): (string | number)[] => {
  const keys: (string | number)[] = [];
  for (let at: Path | undefined = path; at !== undefined; at = at.prev) keys.push(at.key);
  return keys.reverse();
};
