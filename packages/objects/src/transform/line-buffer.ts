// Encoding each line alone costs a call; a long text that is put together from many lines is many small objects, which
// outlive collections of young garbage and let the heap grow.
const ENCODED_CHARACTERS = 4096;
const FIRST_BYTES = 64 * 1024;

/** Gathers lines as UTF-8, in memory that is used again. */
export class LineBuffer {
  #bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #length = 0;
  #text = "";

  add(line: string): void {
    this.#text += line;
    if (this.#text.length >= ENCODED_CHARACTERS) this.#encode();
  }

  /** The lines added since the last time: a view that is good until the next `add`. */
  take(): Uint8Array {
    this.#encode();
    const lines = this.#bytes.subarray(0, this.#length);
    this.#length = 0;
    return lines;
  }

  #encode(): void {
    // A unit of UTF-16 becomes three bytes at most.
    const neededBytes = this.#length + this.#text.length * 3;
    if (neededBytes > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(neededBytes, this.#bytes.length * 2));
      this.#bytes.copy(larger, 0, 0, this.#length);
      this.#bytes = larger;
    }
    this.#length += this.#bytes.write(this.#text, this.#length);
    this.#text = "";
  }
}
