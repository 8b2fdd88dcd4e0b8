import { expect, it } from 'vitest';
import { writeAnswer } from '../../src/operations/write-answer.ts';
import { bufferPool } from '../../src/platform/buffer-pool.ts';
import { poisonReleases } from '../support/poisoned-releases.ts';

const lentPiece = (text: string): Buffer => {
  const piece = bufferPool.acquire(text.length)?.subarray(0, text.length);
  if (piece === undefined) throw new Error('a piece of this length is not lent');
  piece.write(text);
  return piece;
};

it('gives back what it has copied, and leaves the rest to whoever sends it', () => {
  const poisoned = poisonReleases();
  const texts = [80_000, 100_000, 400_000, 90_000].map((length, n) => String(n).repeat(length));
  const data = texts.map(lentPiece);
  const body = writeAnswer({ data, errors: [] });
  expect(data.map((piece) => bufferPool.lends(piece))).toEqual([false, false, true, false]);
  expect(Buffer.concat(body).toString() === `{"data":${texts.join('')}}`).toBe(true);
  const short = lentPiece('1'.repeat(70_000));
  expect(
    Buffer.concat(writeAnswer({ data: [short], errors: [] })).toString() === `{"data":${'1'.repeat(70_000)}}`,
  ).toBe(true);
  expect(bufferPool.lends(short)).toBe(false);
  poisoned.end();
});
