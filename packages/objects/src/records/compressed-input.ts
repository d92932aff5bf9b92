/** A stream of bytes that is read in pieces of any size, and knows its place. */
export class CompressedInput {
  readonly #chunks: AsyncIterator<Uint8Array> | Iterator<Uint8Array>;
  #chunk: Uint8Array = new Uint8Array(0);
  #position = 0;

  constructor(source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>) {
    this.#chunks = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  }

  /** Bytes read so far. */
  get position(): number {
    return this.#position;
  }

  /**
   * The bytes to come that are there, at least one; `undefined` at the end. A view of the source's chunk: what is used of it
   * has to be {@link skip}ped, before the next is asked for.
   */
  async peek(): Promise<Uint8Array | undefined> {
    while (this.#chunk.length === 0) {
      const { done, value } = await this.#chunks.next();
      if (done === true) return undefined;
      this.#chunk = value;
    }
    return this.#chunk;
  }

  /** Passes over bytes of the chunk that was peeked at. */
  skip(bytes: number): void {
    this.#chunk = this.#chunk.subarray(bytes);
    this.#position += bytes;
  }

  /** The next bytes, as a copy; fewer if the source ends before. */
  async take(bytes: number): Promise<Buffer> {
    const taken = Buffer.alloc(bytes);
    let length = 0;
    while (length < bytes) {
      const chunk = await this.peek();
      if (chunk === undefined) return taken.subarray(0, length);
      const piece = chunk.subarray(0, bytes - length);
      taken.set(piece, length);
      length += piece.length;
      this.skip(piece.length);
    }
    return taken;
  }

  /** Passes over bytes up to and including a 0. Answers whether there was one. */
  async skipText(): Promise<boolean> {
    for (let chunk = await this.peek(); chunk !== undefined; chunk = await this.peek()) {
      const end = chunk.indexOf(0);
      this.skip(end === -1 ? chunk.length : end + 1);
      if (end !== -1) return true;
    }
    return false;
  }

  /** Closes the source. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }
}
