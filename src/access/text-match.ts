import { GatewayError } from '../model/errors.ts';

/** How well a text is found: it is all of the value, its beginning, the beginning of a word in it, or somewhere in it. Smaller is better. */
export const matchRanks = { exact: 0, prefix: 1, word: 2, part: 3 } as const;

export type MatchRank = (typeof matchRanks)[keyof typeof matchRanks];

const minTextLength = 2;
const maxTextLength = 200;

/** A text without case and accents. */
export const fold = (text: string): string => {
  const lower = text.toLowerCase();
  return isPlain.test(lower) ? lower : lower.normalize('NFD').replaceAll(/\p{M}/gu, '');
};

// Nearly every value is: uuids, addresses, most names.
const isPlain = /^[\0-\x7f]*$/;

/** What to look for. Throws `BAD_USER_INPUT` for a text that is too short to mean something, or longer than anything that has a name. */
export const wantedText = (text: string): string => {
  const wanted = fold(text.trim());
  if (wanted.length < minTextLength || wanted.length > maxTextLength) {
    throw new GatewayError(
      'BAD_USER_INPUT',
      `The text to search for needs ${minTextLength} to ${maxTextLength} characters, without blanks around it.`,
    );
  }
  return wanted;
};

/** How well a folded text is found in a value; undefined where it is not. */
export const matchOf = (wanted: string, value: string | null | undefined): MatchRank | undefined => {
  if (value === null || value === undefined || value === '') return undefined;
  const folded = fold(value);
  let at = folded.indexOf(wanted);
  if (at < 0) return undefined;
  if (at === 0) return folded.length === wanted.length ? matchRanks.exact : matchRanks.prefix;
  for (; at > 0; at = folded.indexOf(wanted, at + 1)) {
    if (!isWordCharacter.test(folded[at - 1] ?? '')) return matchRanks.word;
  }
  return matchRanks.part;
};

const isWordCharacter = /[\p{L}\p{N}]/u;
