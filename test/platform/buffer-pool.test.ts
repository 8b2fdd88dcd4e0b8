import { describe, expect, it } from 'vitest';
import { BufferPool } from '../../src/platform/buffer-pool.ts';

const kB = 1024;
const open = (maxFreeBytes = 1024 * kB) => {
  const pool = new BufferPool(maxFreeBytes);
  const acquire = (bytes: number): Buffer => {
    const buffer = pool.acquire(bytes);
    if (buffer === undefined) throw new Error(`${bytes} bytes are not pooled`);
    return buffer;
  };
  return { pool, acquire };
};

describe('a pool of buffers', () => {
  it('gives what has been released to the next, and to one only', () => {
    const { pool, acquire } = open();
    const first = acquire(100 * kB);
    const second = acquire(100 * kB);
    expect(second.buffer).not.toBe(first.buffer);
    pool.release(first);
    expect(acquire(100 * kB).buffer).toBe(first.buffer);
    expect([first.buffer, second.buffer]).not.toContain(acquire(100 * kB).buffer);
  });

  it('gives at least what is asked for, to whoever asks for about as much', () => {
    const { pool, acquire } = open();
    for (const bytes of [64 * kB, 64 * kB + 1, 100 * kB, 4096 * kB]) {
      expect(acquire(bytes).length).toBeGreaterThanOrEqual(bytes);
    }
    const buffer = acquire(70 * kB);
    pool.release(buffer);
    expect(acquire(64 * kB).buffer).not.toBe(buffer.buffer);
    expect(acquire(128 * kB).buffer).toBe(buffer.buffer);
  });

  it('has none so small that they cost little, and none so large that they are rare', () => {
    const { pool } = open();
    expect([0, 1, 64 * kB - 1, 4096 * kB + 1, Infinity].map((bytes) => pool.acquire(bytes))).toEqual(
      Array(5).fill(undefined),
    );
  });

  it('takes back by any view, once', () => {
    const { pool, acquire } = open();
    const buffer = acquire(64 * kB);
    const view = new Int32Array(buffer.buffer, 4, 2);
    expect([buffer, view, buffer.subarray(5, 7)].map((bytes) => pool.lends(bytes))).toEqual([true, true, true]);
    pool.release(view);
    expect(pool.lends(buffer)).toBe(false);
    pool.release(buffer);
    expect(acquire(64 * kB).buffer).toBe(buffer.buffer);
    expect(acquire(64 * kB).buffer).not.toBe(buffer.buffer);
  });

  it('takes nothing that it has not lent', () => {
    const { pool, acquire } = open();
    const own = Buffer.alloc(64 * kB);
    pool.release(own);
    expect(pool.lends(own)).toBe(false);
    expect(acquire(64 * kB).buffer).not.toBe(own.buffer);
  });

  it('keeps no more than its bound for those who come next', () => {
    const { pool, acquire } = open(256 * kB);
    const buffers = Array.from({ length: 4 }, () => acquire(128 * kB));
    for (const buffer of buffers) pool.release(buffer);
    const again = new Set(Array.from({ length: 4 }, () => acquire(128 * kB).buffer));
    expect(buffers.filter(({ buffer }) => again.has(buffer))).toHaveLength(2);
  });

  it('has room for what is wanted now, whatever was wanted before', () => {
    const { pool, acquire } = open(256 * kB);
    const before = Array.from({ length: 4 }, () => acquire(64 * kB));
    for (const buffer of before) pool.release(buffer);
    const [one, other] = [acquire(128 * kB), acquire(128 * kB)];
    pool.release(one);
    expect(acquire(128 * kB).buffer).toBe(one.buffer);
    pool.release(one);
    pool.release(other);
    expect(before.map(({ buffer }) => buffer)).not.toContain(acquire(64 * kB).buffer);
    expect([one.buffer, other.buffer]).toContain(acquire(128 * kB).buffer);
  });
});
