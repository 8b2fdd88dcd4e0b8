import { readFileSync } from 'node:fs';

/** One fenced block of a README. */
export interface Block {
  readonly language: string;
  readonly text: string;
}

/** The fenced blocks of a Markdown file of this repository, in order. */
export const blocksOf = (file: string): Block[] =>
  [...readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8').matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(
    ([, language, text]) => ({ language: language as string, text: text as string }),
  );

/** The commands of a README's shell blocks, one a line. */
export const commandsOf = (blocks: readonly Block[]): string[] =>
  blocks.filter(({ language }) => language === 'sh').flatMap(({ text }) => text.trim().split('\n'));
