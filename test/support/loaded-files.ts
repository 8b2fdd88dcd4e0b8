import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What a file of JavaScript imports when it is loaded, not what it can load later. */
export const importsOf = (file: string): string[] =>
  [...readFileSync(file, 'utf8').matchAll(/^(?:import|export)\s(?:[^'"]*?\sfrom\s)?["']([^"']+)["'];$/gm)].flatMap(
    ([, name]) => name ?? [],
  );

/** These files, and all that are loaded with them because they stand in an import by their path. */
export const loadedWith = (files: readonly string[]): string[] => {
  const loaded = new Set(files);
  for (const file of loaded) {
    for (const name of importsOf(file)) if (name.startsWith('.')) loaded.add(join(dirname(file), name));
  }
  return [...loaded];
};
