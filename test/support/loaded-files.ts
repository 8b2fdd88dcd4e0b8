import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What a file of JavaScript imports or requires when it is loaded, not what it can load later. */
export const importsOf = (file: string): string[] => {
  const anyImport =
    /^(?:import|export)\s(?:[^'"]*?\sfrom\s)?["']([^"']+)["'];$|^(?:const|let) \w+ = require\("([^"]+)"\);$/gm;
  return [...readFileSync(file, 'utf8').matchAll(anyImport)].flatMap(
    ([, imported, required]) => imported ?? required ?? [],
  );
};

/** These files, and all that are loaded with them because they are named there by their path. */
export const loadedWith = (files: readonly string[]): string[] => {
  const loaded = new Set(files);
  for (const file of loaded) {
    for (const name of importsOf(file)) if (name.startsWith('.')) loaded.add(join(dirname(file), name));
  }
  return [...loaded];
};
