/** Numbers of 32 bits, one behind the other, without the room of an array of objects. */
export class IntList {
  #values = new Int32Array(1024);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  get sizeBytes(): number {
    return this.#values.byteLength;
  }

  at(index: number): number {
    return this.#values[index] as number;
  }

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const larger = new Int32Array(2 * this.#length);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#length++] = value;
  }

  /** All of them, in no more room than they need. */
  toArray(): Int32Array {
    return this.#values.slice(0, this.#length);
  }
}
