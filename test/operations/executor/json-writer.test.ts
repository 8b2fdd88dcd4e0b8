import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AnswerMeter } from '../../../src/operations/executor/answer-meter.ts';
import { JsonWriter } from '../../../src/operations/executor/json-writer.ts';
import { bufferPool } from '../../../src/platform/buffer-pool.ts';
import { viewOf } from '../../../src/platform/byte-text.ts';

const writerOf = (sizeBytes: number, maxBytes = Infinity): JsonWriter =>
  new JsonWriter(sizeBytes, new AnswerMeter({ maxObjects: Infinity, maxBytes }));
const written = (out: JsonWriter): string => Buffer.from(out.finish()).toString();

describe('a writer of JSON', () => {
  it('writes any text as JSON.stringify does, however small it was made', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.string({ unit: 'grapheme-ascii', maxLength: 200 }),
      fc.constantFrom(
        '"',
        '\\',
        '\u0000',
        '\u007f',
        '\ud800',
        'ü',
        '\u2028',
        'x'.repeat(64),
        'x'.repeat(65),
        `${'x'.repeat(70)}ü`,
      ),
    );
    fc.assert(
      fc.property(fc.array(text, { maxLength: 5 }), fc.integer({ min: 1, max: 40 }), (texts, sizeBytes) => {
        const out = writerOf(sizeBytes);
        for (const each of texts) out.text(each);
        expect(written(out)).toBe(texts.map((each) => JSON.stringify(each)).join(''));
      }),
      { numRuns: 1000 },
    );
  });

  it('puts characters, bytes and finished JSON behind one another', () => {
    const out = writerOf(1);
    out.byte(0x5b);
    out.bytes(Buffer.from('1,'));
    out.json('{"ü":2}');
    out.byte(0x5d);
    expect(written(out)).toBe('[1,{"ü":2}]');
    expect(out.length).toBe(12);
  });

  it('copies parts of any length, from and to any place', () => {
    const source = Buffer.from(Array.from({ length: 64 }, (_, index) => index * 2 + 1));
    for (let size = 0; size <= 40; size++) {
      for (let start = 0; start < 9; start++) {
        const out = writerOf(1);
        for (let before = 0; before < start; before++) out.byte(before);
        out.part(viewOf(source), start, start + size);
        out.piece(viewOf(source.subarray(start, start + size)));
        out.byte(0x7f);
        const part = source.subarray(start, start + size);
        expect(Buffer.from(out.finish())).toEqual(
          Buffer.concat([Buffer.from([...Array(start).keys()]), part, part, Buffer.from([0x7f])]),
        );
      }
    }
  });

  it('writes the first bytes of something as base64url, whatever stands behind them', () => {
    const source = Buffer.from(Array.from({ length: 256 }, (_, index) => (index * 167) & 255));
    for (let length = 0; length <= source.length; length++) {
      const out = writerOf(1);
      out.base64url(source, length);
      expect(written(out)).toBe(source.subarray(0, length).toString('base64url'));
    }
  });

  it('takes back what turned out wrong', () => {
    const out = writerOf(4);
    out.text('kept');
    const { length } = out;
    out.text('wrong, and longer than what was kept');
    out.truncate(length);
    out.json('null');
    expect(written(out)).toBe('"kept"null');
  });

  it('has a text write itself', () => {
    const out = writerOf(1);
    const words = [0, 1, 0xffff_ffff, 0x0123_4567, 0x89ab_cdef, 0xfedc_ba98, 0x8000_0000];
    out.writtenText({
      valueOf: () => 'unused',
      writeTo(writer) {
        writer.plain('a-');
        for (const bits of words) writer.word(bits);
      },
    });
    const base64 = words.map((bits) => Buffer.from(Uint32Array.of(bits).buffer).reverse().toString('base64url'));
    expect(written(out)).toBe(`"a-${base64.join('')}"`);
  });

  it('writes again what it remembers, of each thing in each form', () => {
    const out = writerOf(1);
    const [thing, other, form, otherForm] = [{}, {}, {}, {}];
    const write = (what: object, as: object, text: string) => {
      const start = out.length;
      out.text(text);
      out.remember(as, what, start);
    };
    write(thing, form, 'one');
    write(thing, otherForm, 'one in other words');
    write(other, form, 'x'.repeat(5000));
    expect([
      out.repeat(form, other),
      out.repeat(otherForm, other),
      out.repeat(form, thing),
      out.repeat(otherForm, thing),
    ]).toEqual([false, false, true, true]);
    expect(written(out)).toBe(`"one""one in other words""${'x'.repeat(5000)}""one""one in other words"`);
  });

  it('forgets what it takes back or gives away', () => {
    const [thing, form] = [{}, {}];
    for (const forget of [(out: JsonWriter) => out.truncate(0), (out: JsonWriter) => out.cut(0)]) {
      const out = writerOf(16);
      out.text('wrong');
      out.remember(form, thing, 0);
      forget(out);
      out.text('right');
      expect(out.repeat(form, thing)).toBe(false);
      expect(written(out)).toBe('"right"');
    }
  });

  it('gives away what was written last, and keeps what was before', () => {
    const out = writerOf(4);
    out.text('before');
    const start = out.length;
    out.json('[,2,]');
    const taken = out.cut(start);
    out.json(' after, which must not change what was taken');
    expect(Buffer.from(taken).toString()).toBe('[,2,]');
    expect(written(out)).toBe('"before" after, which must not change what was taken');
  });

  it('holds no more room than twice what it has written, once it has', () => {
    const out = writerOf(100_000);
    out.text('short');
    // What is short comes out of the buffer that Node shares among short ones, which grew with Node 22.
    expect(out.finish().buffer.byteLength).toBeLessThanOrEqual(Math.max(Buffer.poolSize, 20_000));
  });

  it('leaves large ones what it has given away, and takes what they have left', () => {
    const finish = (fill: string): Uint8Array => {
      const out = writerOf(16);
      for (let i = 0; i < 3; i++) out.text(fill.repeat(60_000));
      return out.finish();
    };
    const first = finish('a');
    const second = finish('b');
    expect(Buffer.from(first).toString()).toBe(JSON.stringify('a'.repeat(60_000)).repeat(3));
    expect(bufferPool.lends(first)).toBe(true);
    bufferPool.release(first);
    const third = finish('c');
    expect(third.buffer).toBe(first.buffer);
    expect(Buffer.from(second).toString()).toBe(JSON.stringify('b'.repeat(60_000)).repeat(3));
    const out = writerOf(1_000_000);
    out.text('a'.repeat(60_000));
    const copied = out.finish();
    expect(bufferPool.lends(copied)).toBe(false);
    // Nothing is to be written now. If it is, it is nobody else's.
    const next = writerOf(1_000_000);
    next.text('b'.repeat(600_000));
    out.text('c'.repeat(60_000));
    expect(Buffer.from(copied).toString()).toBe(JSON.stringify('a'.repeat(60_000)));
    expect(written(next)).toBe(JSON.stringify('b'.repeat(600_000)));
  });

  it('takes no memory for more than may be written', () => {
    const out = writerOf(16, 100);
    out.text('x'.repeat(80));
    expect(() => out.text('x'.repeat(1_000_000_000 / 100))).toThrow('82 bytes');
    const counted = writerOf(16, 100);
    counted.text('x'.repeat(98));
    expect(written(counted)).toHaveLength(100);
    const cut = writerOf(16, 100);
    cut.text('x'.repeat(60));
    cut.cut(0);
    cut.text('x'.repeat(60));
    expect(() => cut.finish()).toThrow('bytes');
  });
});
