import { join } from 'node:path';
import { runToEnd } from './processes.ts';

/** Loads every file of a built command that has compiled code, as the command does. */
const script = `
  const { readdirSync } = require('node:fs');
  const { compiledFolder, createLoad } = require(process.argv[1]);
  const compiled = new Set(readdirSync(compiledFolder));
  const load = createLoad({
    compiled,
    onScript: (name, { cachedDataRejected }) => {
      if (compiled.has(name)) process.stderr.write(name + ' ' + (cachedDataRejected ? 'refused' : 'taken') + '\\n');
    },
  });
  for (const name of compiled) load(name);
`;

/** The files of a built command that have compiled code, and whether this Node takes it. Fails where there is none. */
export const compiledCodeIn = async (
  cliFolder: string,
  flags: readonly string[] = [],
): Promise<{ readonly taken: string[]; readonly refused: string[] }> => {
  const args = [...flags, '-e', script, join(cliFolder, 'load-compiled.cjs'), '--version'];
  const { code, output } = await runToEnd(process.execPath, args, { env: { PATH: process.env['PATH'] } });
  if (code !== 0) throw new Error(output);
  const namesOf = (word: string) =>
    [...output.matchAll(new RegExp(`^(\\S+) ${word}$`, 'gm'))].map(([, name]) => name as string);
  return { taken: namesOf('taken'), refused: namesOf('refused') };
};
