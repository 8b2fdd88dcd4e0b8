import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const sources = fileURLToPath(new URL('../../console/src/', import.meta.url));
const styles = join(createRequire(import.meta.url).resolve('@mantine/core/styles.css'), '../styles');

/** The parts of Mantine that the console's sources import. */
const usedParts = (): readonly string[] => {
  const parts = new Set<string>();
  for (const file of readdirSync(sources, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.tsx') || file.includes('__generated__')) continue;
    const text = readFileSync(join(sources, file), 'utf8');
    for (const [, names = ''] of text.matchAll(/import \{([^}]*)\} from '@mantine\/core'/g)) {
      for (const name of names.split(',')) parts.add(name.replace(/\btype\b/, '').trim());
    }
  }
  return [...parts].filter((part) => existsSync(join(styles, `${part}.css`))).sort();
};

describe("the console's styles", () => {
  it('are there for every part of Mantine that is used', () => {
    const given = readFileSync(join(sources, 'app/mantine.css'), 'utf8');
    const used = usedParts();
    expect(used).toContain('Table');
    expect(used.filter((part) => !given.includes(`/${part}.css`))).toEqual([]);
  });
});
