/** The bytes of a batch that began in an earlier chunk, collected until the batch is full. */
export class Carry {
  #bytes: Buffer = Buffer.alloc(0);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  append(bytes: Buffer): void {
    const needed = this.#length + bytes.length;
    if (needed > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(this.#length === 0 ? needed : Math.max(needed, this.#bytes.length * 2));
      this.#bytes.copy(larger, 0, 0, this.#length);
      this.#bytes = larger;
    }
    bytes.copy(this.#bytes, this.#length);
    this.#length = needed;
  }

  /** The bytes from `start` on, as a view that is good until the next call. */
  peek(start: number): Buffer {
    return this.#bytes.subarray(start, this.#length);
  }

  /** Forgets everything behind the first `length` bytes. */
  truncate(length: number): void {
    this.#length = length;
  }

  /** Hands the bytes over; the carry is empty afterwards and never writes to them again. */
  take(): Buffer {
    const taken = this.#bytes.subarray(0, this.#length);
    this.#bytes = Buffer.alloc(0);
    this.#length = 0;
    return taken;
  }
}
