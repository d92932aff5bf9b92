/** As much of Node's `Buffer` as the functions use that the worker runs. A browser has none. */
class WorkerBuffer extends Uint8Array {
  static override from(text: unknown): WorkerBuffer {
    return new WorkerBuffer(new TextEncoder().encode(String(text)));
  }

  static concat(parts: readonly Uint8Array[]): WorkerBuffer {
    const whole = new WorkerBuffer(parts.reduce((bytes, { length }) => bytes + length, 0));
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }

  static byteLength(text: string): number {
    return new TextEncoder().encode(text).length;
  }

  override toString(): string {
    return new TextDecoder().decode(this);
  }
}

Object.assign(globalThis, { Buffer: WorkerBuffer });
