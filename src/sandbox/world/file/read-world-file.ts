import { readFile } from 'node:fs/promises';
import { SandboxInputError } from '../../input/input-error.ts';
import { parseWorld, type SandboxWorld } from './world-file.ts';

/** Reads somebody's own world from a JSON file. Throws a `SandboxInputError`, one mistake a line, each with its place. */
export const readWorldFile = async (path: string): Promise<SandboxWorld> => {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new SandboxInputError([`${path}: cannot be read (${error.code ?? error.message})`]);
  });
  try {
    return parseWorld(parseJson(text.replace(/^\uFEFF/, '')));
  } catch (error) {
    if (!(error instanceof SandboxInputError)) throw error;
    throw new SandboxInputError(error.problems.map((problem) => `${path}: ${problem}`));
  }
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    const position = /at position (\d+)/.exec(message)?.[1];
    const before = text.slice(0, position === undefined ? text.length : Number(position)).split('\n');
    const place = `line ${before.length}, column ${(before.at(-1) ?? '').length + 1}`;
    throw new SandboxInputError([`not valid JSON at ${place}`]);
  }
};
