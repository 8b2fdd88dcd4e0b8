/** What is smaller costs little anew. */
const smallestBytes = 65_536;
/** What is larger is rare, and would lie about. */
const largestBytes = 4 * 1024 * 1024;

/**
 * Large buffers that are used again. A buffer lies outside of V8's heap, but each byte that is allocated brings the next look through the whole heap nearer, until a scavenge finds that nobody uses it: with
 * two megabytes for each answer V8 looks through all of its heap every few answers. What stands in a buffer is what its last user left there.
 */
export class BufferPool {
  readonly #maxFreeBytes: number;
  readonly #lent = new WeakSet<ArrayBufferLike>();
  /** By size, the size that was released last at the end. */
  readonly #free = new Map<number, Buffer[]>();
  #freeBytes = 0;

  /** `maxFreeBytes`: how much memory may wait for its next user. */
  constructor(maxFreeBytes: number) {
    this.#maxFreeBytes = maxFreeBytes;
  }

  /** At least so many bytes for one user, who releases them once nothing reads them any more, or leaves them to the garbage collector. Undefined: so few or so many are not pooled. */
  acquire(bytes: number): Buffer | undefined {
    if (bytes < smallestBytes || bytes > largestBytes) return undefined;
    const size = 2 ** Math.ceil(Math.log2(bytes));
    let buffer = this.#free.get(size)?.pop();
    if (buffer === undefined) buffer = Buffer.allocUnsafeSlow(size);
    else this.#freeBytes -= size;
    this.#lent.add(buffer.buffer);
    return buffer;
  }

  /** Whether these bytes are part of what was acquired and has not been released. */
  lends({ buffer }: ArrayBufferView): boolean {
    return this.#lent.has(buffer);
  }

  /** Takes back what these bytes are part of: somebody else may write there from now on. Once: it cannot tell the one before from the one who has it next. Does nothing where it is not the pool's. */
  release({ buffer }: ArrayBufferView): void {
    if (!this.#lent.delete(buffer)) return;
    const size = buffer.byteLength;
    const free = this.#free.get(size) ?? [];
    this.#free.delete(size);
    // What was wanted before makes room for what is wanted now.
    for (const [other, buffers] of this.#free)
      while (this.#freeBytes + size > this.#maxFreeBytes && buffers.pop() !== undefined) this.#freeBytes -= other;
    this.#free.set(size, free);
    if (this.#freeBytes + size > this.#maxFreeBytes) return;
    this.#freeBytes += size;
    free.push(Buffer.from(buffer));
  }
}

/** Of the whole process: the buffers of a few large answers at the same time. */
export const bufferPool = new BufferPool(8 * 1024 * 1024);
