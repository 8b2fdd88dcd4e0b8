import { readFileSync } from 'node:fs';

/**
 * How many files, and connections among them, the system lets this process have open: Linux tells, and Node has raised it to the most that it may be. Infinity where it
 * is not told, or not bounded.
 */
export const mostOpenFiles = (): number => {
  try {
    const [, most = Infinity] = /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    return Number(most);
  } catch {
    return Infinity;
  }
};
