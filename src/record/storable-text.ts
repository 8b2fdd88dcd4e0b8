import { createHash } from 'node:crypto';

/** A character that nobody uses (Unicode, private use): what follows it stands for something that PostgreSQL does not take. */
const mark = '\u{f8f0}';

/** Half of a surrogate pair by itself, NUL, and the mark. */
// oxlint-disable-next-line no-control-regex -- NUL is what it is for.
const odd = /[\0\uf8f0]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** The same, without a place in a text that it remembers. */
const isOdd = new RegExp(odd.source);

/** Three times that many bytes twice still fit into an entry of an index. Upstream's own bound for references is 100. */
const longestText = 250;

/**
 * A text as the database can hold and index it; nearly always the text itself. Different texts stay different, so that nothing that upstream sends can stop the
 * recording. What is longer than `longestText` is cut, and told apart by a digest.
 */
export const storable = (text: string): string => {
  const marked = isOdd.test(text) ? escapeOdd(text) : text;
  if (marked.length <= longestText) return marked;
  const start = marked.slice(0, 180).replace(/[\ud800-\udbff]$/, '');
  return `${start}${mark}…${createHash('sha256').update(marked).digest('hex').slice(0, 40)}`;
};

/** The text that was stored; one that was cut, as far as it was kept. */
export const stored = (text: string): string =>
  text.includes(mark)
    ? text
        .replace(/\u{f8f0}….*$/su, '…')
        .replaceAll(/\u{f8f0}([0-9a-f]{4})/gu, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    : text;

/** The beginning that was kept of a text, where it was cut, or looks as one that was does; undefined for all others. As it is stored. */
export const keptOfCut = (text: string): string | undefined => {
  const whole = storable(text);
  const cutAt = whole.indexOf(`${mark}…`);
  if (cutAt >= 0) return whole.slice(0, cutAt);
  return whole.endsWith('…') ? whole.slice(0, -1) : undefined;
};

/** What everything that was cut after a beginning starts with. */
export const cutAfter = (kept: string): string => `${kept}${mark}…`;

const escapeOdd = (text: string): string =>
  text.replaceAll(odd, (character) => mark + character.charCodeAt(0).toString(16).padStart(4, '0'));
