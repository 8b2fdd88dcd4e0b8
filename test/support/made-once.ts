import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { builtFolder } from './build-command.ts';

/** A folder of what takes seconds to make: whoever needs it first in a run has it made, and all others find it. Nobody may change anything in it. */
export const madeOnce = async (name: string, make: (folder: string) => Promise<void>): Promise<string> => {
  const folder = join(builtFolder, name);
  if (existsSync(folder)) return folder;
  mkdirSync(builtFolder, { recursive: true });
  const own = mkdtempSync(join(builtFolder, `${name}-`));
  await make(own);
  try {
    renameSync(own, folder);
  } catch (error) {
    // Another process has made it meanwhile.
    rmSync(own, { recursive: true });
    if (!existsSync(folder)) throw error;
  }
  return folder;
};
