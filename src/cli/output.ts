/** Writes a line to stdout. */
export const print = (text: string): void => {
  process.stdout.write(`${text}\n`);
};
