import { describe, expect, it } from 'vitest';
import { fold, matchOf, matchRanks, wantedText } from '../../src/access/text-match.ts';

describe('looking for a text', () => {
  it.each([
    ['ada', 'Ada', 'exact'],
    ['ada', 'Adalbert', 'prefix'],
    ['novak', 'Ana Novák', 'word'],
    ['nova', 'superNova Novák', 'word'],
    ['va', 'Novák', 'part'],
    ['müller', 'Mueller', undefined],
    ['muller', 'MÜLLER', 'exact'],
    ['istanbul', 'İstanbul', 'exact'],
    ['example.test', 'ada@example.test', 'word'],
    ['xx', null, undefined],
    ['xx', '', undefined],
  ] as const)('finds %s in %s: %s', (text, value, expected) => {
    expect(matchOf(wantedText(text), value)).toBe(expected === undefined ? undefined : matchRanks[expected]);
  });

  it.each(['', 'a', ' a ', 'a'.repeat(201)])('refuses what is too short or too long to mean something', (text) => {
    expect(() => wantedText(text)).toThrow(/2 to 200 characters/);
  });

  it('folds texts that mean the same into one', () => {
    expect(fold('Ångström')).toBe(fold('A\u030angstro\u0308m'));
  });
});
