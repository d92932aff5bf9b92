/**
 * Buffers of one size that are used again and again. Memory outside V8's heap is given back late, and in pieces that the
 * allocator cannot always join: what takes a new buffer for each piece of an object grows with the object's size.
 */
export class BufferPool {
  readonly #bufferBytes: number;
  readonly #free: Buffer[] = [];

  constructor(bufferBytes: number) {
    this.#bufferBytes = bufferBytes;
  }

  /** A buffer that nobody uses; what is in it is undefined. */
  take(): Buffer {
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(this.#bufferBytes);
  }

  /** Takes back a buffer, or a view of its beginning, that nobody looks at any more. */
  give(view: Uint8Array): void {
    this.#free.push(Buffer.from(view.buffer as ArrayBuffer));
  }
}
