import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { showProgress } from '../../src/cli/progress.ts';
import { createDescription, type ExportState } from '../../src/cli/progress-text.ts';
import { createManualClock } from '../support/manual-clock.ts';

/** What stands on stderr. */
const createScreen = (columns?: number) => {
  const chunks: string[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk.toString());
      done();
    },
  });
  const screen = Object.assign(stream, columns === undefined ? {} : { isTTY: true, columns });
  return {
    // A terminal, as far as a bar needs one.
    stream: screen as unknown as NodeJS.WriteStream,
    take: () => chunks.splice(0).join(''),
    /** What is drawn last, without what moves the cursor. */
    drawn: () =>
      chunks
        .splice(0)
        .filter((chunk) => /[█░]/.test(chunk))
        .at(-1),
  };
};

const begun: ExportState = {
  subjects: 0,
  total: undefined,
  pages: 0,
  calls: 0,
  waitedMs: 0,
  isWaitingForLimit: false,
};

const open = async (
  style: 'bar' | 'lines' | 'none',
  { columns, subjectsBefore = 0 }: { columns?: number; subjectsBefore?: number } = {},
) => {
  const clock = createManualClock();
  const screen = createScreen(columns);
  let state = begun;
  const progress = await showProgress({ stream: screen.stream, style, clock, subjectsBefore, state: () => state });
  return {
    ...screen,
    progress,
    clock,
    reach: (more: Partial<ExportState>) => {
      state = { ...state, ...more };
    },
  };
};

describe('how far an export is', () => {
  it('is a line every ten seconds where stderr is no terminal', async () => {
    const { clock, take, reach, progress } = await open('lines');
    clock.advance(9999);
    expect(take()).toBe('');
    clock.advance(1);
    expect(take()).toBe('0 subjects, 0.0 calls/s, 0 pages\n');
    reach({ subjects: 50_000, total: 200_000, pages: 50, calls: 100 });
    clock.advance(10_000);
    expect(take()).toBe('25%, 1 min 0 s left, 50,000/200,000 subjects, 5.0 calls/s, 50 pages\n');
    reach({ subjects: 200_000, pages: 200, calls: 300 });
    clock.advance(25_000);
    expect(take().split('\n')).toEqual([
      '100%, 0 s left, 200,000/200,000 subjects, 10.0 calls/s, 200 pages',
      '100%, 0 s left, 200,000/200,000 subjects, 7.5 calls/s, 200 pages',
      '',
    ]);
    progress.stop();
    clock.advance(60_000);
    expect([take(), clock.waiting]).toEqual(['', 0]);
  });

  it('counts what is left by what this run has done, where it goes on', async () => {
    const { clock, take, reach } = await open('lines', { subjectsBefore: 90_000 });
    reach({ subjects: 91_000, total: 100_000, pages: 1, calls: 2 });
    clock.advance(10_000);
    expect(take()).toBe('91%, 1 min 30 s left, 91,000/100,000 subjects, 0.2 calls/s, 1 page\n');
  });

  it('says that it waits for the limit: while a call does, and for a second after one did', async () => {
    const { clock, take, reach } = await open('lines');
    reach({ isWaitingForLimit: true });
    clock.advance(10_000);
    expect(take()).toMatch(/, waiting for the limit\n$/);
    reach({ isWaitingForLimit: false });
    clock.advance(10_000);
    expect(take()).not.toMatch(/waiting/);
    reach({ waitedMs: 100 });
    clock.advance(10_000);
    expect(take()).toMatch(/, waiting for the limit\n$/);
    clock.advance(10_000);
    expect(take()).not.toMatch(/waiting/);
  });

  it.each([
    [120, '36%, 18 s left, 11,000/30,000 subjects, 2.0 calls/s, 11 pages, waiting for the limit'],
    [70, '36%, 18 s left, 11,000/30,000 subjects, 2.0 calls/s, 11 pages, waiting'],
    [60, '36%, 18 s left, 11,000/30,000 subjects, 2.0 calls/s, waiting'],
    [34, '36%, 18 s left, 11 pages, waiting'],
    [14, '36%, waiting'],
  ])('is told in %i columns by what is needed most', (columns, text) => {
    const clock = createManualClock();
    const describeIn = createDescription({
      clock,
      subjectsBefore: 0,
      state: () => ({ subjects: 11_000, total: 30_000, pages: 11, calls: 20, waitedMs: 0, isWaitingForLimit: true }),
    });
    clock.advance(10_000);
    expect(describeIn(columns)).toBe(text);
    expect(text.length).toBeLessThanOrEqual(columns);
  });

  it.each([
    [
      80,
      '░░░░░░░░ 0 subjects, 0.0 calls/s, 0 pages',
      '████████ 100%, 0 s left, 30,000/30,000 subjects, 3.0 calls/s, 30 pages',
    ],
    [40, '░░░░ 0 subjects, 0.0 calls/s', '████ 100%, 0 s left, 30 pages'],
  ])(
    'is a bar on a terminal of %i columns, which stays when it is over and waits for nothing then',
    async (columns, first, last) => {
      const { clock, drawn, reach, progress } = await open('bar', { columns });
      expect(drawn()).toBe(first);
      reach({ subjects: 30_000, total: 30_000, pages: 30, calls: 30, isWaitingForLimit: true });
      clock.advance(10_000);
      progress.stop();
      expect(drawn()).toBe(last);
      expect(clock.waiting).toBe(0);
    },
  );

  it('is nothing where nobody wants to know', async () => {
    const { clock, take, progress } = await open('none', { columns: 80 });
    clock.advance(60_000);
    progress.stop();
    expect([take(), clock.waiting]).toEqual(['', 0]);
  });
});
