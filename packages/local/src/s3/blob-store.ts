import { type FileHandle, open, unlink } from "node:fs/promises";
import { join } from "node:path";

/** Bodies up to this size stay in memory, as long as all of them together stay within {@link MAX_INLINE_TOTAL_BYTES}. */
const MAX_INLINE_BYTES = 16 * 1024;
const MAX_INLINE_TOTAL_BYTES = 64 * 1024 * 1024;
/** Bytes gathered before one write to disk. */
const WRITE_BYTES = 512 * 1024;
/** Bytes per read from disk. */
const READ_BYTES = 512 * 1024;

/** Bytes that were received once and never change: in memory or in a file of its own. */
interface Blob {
  readonly size: number;
  readonly bytes: Buffer | undefined;
  readonly path: string;
  /** Bodies and readers that still need it; the file goes with the last. */
  references: number;
}

/** A piece of a blob; without a blob, that many zeros. */
interface Segment {
  readonly blob: Blob | undefined;
  readonly start: number;
  readonly length: number;
}

/** The content of an object or part: segments of blobs in a row, so that joining and copying move no bytes. */
export interface Body {
  readonly size: number;
  readonly segments: readonly Segment[];
}

const EMPTY: Body = { size: 0, segments: [] };

/** Keeps the bytes of objects and parts: small ones in memory, others in files with generated names. */
export class BlobStore {
  readonly #directory: string;
  readonly #newId: () => string;
  #inlineBytes = 0;
  #files = 0;

  /** @param directory - an existing directory that belongs to this store alone. */
  constructor(directory: string, newId: () => string) {
    this.#directory = directory;
    this.#newId = newId;
  }

  /** Files on disk now, being written or kept. */
  get fileCount(): number {
    return this.#files;
  }

  /** Begins to receive a body. */
  writer(): BlobWriter {
    return new BlobWriter({
      hasRoom: (size) => size <= MAX_INLINE_BYTES && this.#inlineBytes + size <= MAX_INLINE_TOTAL_BYTES,
      inline: (bytes) => {
        this.#inlineBytes += bytes.length;
        return { size: bytes.length, bytes, path: "", references: 1 };
      },
      newPath: () => {
        this.#files++;
        return join(this.#directory, this.#newId());
      },
      remove: (path) => this.#remove(path),
    });
  }

  /** A second owner of part of a body. */
  slice(body: Body, start: number, length: number): Body {
    const segments: Segment[] = [];
    let offset = 0;
    for (const segment of body.segments) {
      const from = Math.max(start, offset);
      const to = Math.min(start + length, offset + segment.length);
      if (from < to) segments.push({ blob: segment.blob, start: segment.start + from - offset, length: to - from });
      offset += segment.length;
    }
    const part = { size: length, segments };
    retain(part);
    return part;
  }

  /** A second owner of several bodies in a row. */
  concat(bodies: readonly Body[]): Body {
    const whole = {
      size: bodies.reduce((total, body) => total + body.size, 0),
      segments: bodies.flatMap((body) => body.segments),
    };
    retain(whole);
    return whole;
  }

  /** Gives a body up; what nobody needs any more is removed. */
  release(body: Body): void {
    for (const { blob } of body.segments) {
      if (blob === undefined || --blob.references > 0) continue;
      if (blob.bytes === undefined) this.#remove(blob.path);
      else this.#inlineBytes -= blob.size;
    }
  }

  /** The bytes of a body from `start`; the body stays readable to the end even if it is released meanwhile. */
  async *read(body: Body, start = 0, length = body.size - start): AsyncGenerator<Buffer> {
    const held = this.slice(body, start, length);
    try {
      for (const segment of held.segments) {
        if (segment.blob === undefined) yield* zeros(segment.length);
        else if (segment.blob.bytes !== undefined) {
          yield segment.blob.bytes.subarray(segment.start, segment.start + segment.length);
        } else yield* readFileRange(segment.blob.path, segment.start, segment.length);
      }
    } finally {
      this.release(held);
    }
  }

  /** The bytes of a range that is wholly in memory, without waiting; `undefined` for any other. */
  readNow(body: Body, start: number, length: number): Buffer | undefined {
    const [segment] = body.segments;
    if (length === 0) return Buffer.alloc(0);
    if (body.segments.length !== 1 || segment?.blob?.bytes === undefined) return undefined;
    return segment.blob.bytes.subarray(segment.start + start, segment.start + start + length);
  }

  #remove(path: string): void {
    // Removed in the background: a file that cannot be removed now goes with the directory when the service stops.
    unlink(path)
      .catch(() => undefined)
      .finally(() => this.#files--);
  }
}

/** A body of zeros that takes no room, for benchmarks. */
export function zeroBody(size: number): Body {
  return size === 0 ? EMPTY : { size, segments: [{ blob: undefined, start: 0, length: size }] };
}

function retain(body: Body): void {
  for (const { blob } of body.segments) if (blob !== undefined) blob.references++;
}

/** The parts of a store that a writer needs. */
interface BlobHome {
  hasRoom(size: number): boolean;
  inline(bytes: Buffer): Blob;
  newPath(): string;
  remove(path: string): void;
}

/** Receives one body: in memory while it is small, then in a file; nothing stays behind after {@link discard}. */
export class BlobWriter {
  readonly #home: BlobHome;
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #size = 0;
  #path = "";
  #file: FileHandle | undefined;
  #writing: Promise<void> | undefined;

  /** @internal */
  constructor(home: BlobHome) {
    this.#home = home;
  }

  /** Takes bytes; resolves when more may come, so that a slow disk slows the sender. */
  write(chunk: Buffer): Promise<void> | undefined {
    this.#pending.push(chunk);
    this.#pendingBytes += chunk.length;
    this.#size += chunk.length;
    return this.#pendingBytes >= WRITE_BYTES ? this.#flush() : undefined;
  }

  /** Ends the body and hands it to the caller, its only owner. */
  async finish(): Promise<Body> {
    if (this.#size === 0) return EMPTY;
    let blob: Blob;
    if (this.#file === undefined && this.#home.hasRoom(this.#size)) {
      const bytes = Buffer.allocUnsafeSlow(this.#size);
      let at = 0;
      for (const chunk of this.#pending) at += chunk.copy(bytes, at);
      blob = this.#home.inline(bytes);
    } else {
      await this.#flush();
      await this.#writing;
      await this.#file?.close();
      blob = { size: this.#size, bytes: undefined, path: this.#path, references: 1 };
    }
    return { size: this.#size, segments: [{ blob, start: 0, length: this.#size }] };
  }

  /** Drops what was received. */
  async discard(): Promise<void> {
    this.#pending = [];
    await this.#writing?.catch(() => undefined);
    await this.#file?.close().catch(() => undefined);
    if (this.#path !== "") this.#home.remove(this.#path);
  }

  /** Starts the next write when the one before has ended: one write runs while the next bytes gather. */
  async #flush(): Promise<void> {
    const buffers = this.#pending;
    const bytes = this.#pendingBytes;
    this.#pending = [];
    this.#pendingBytes = 0;
    await this.#writing;
    if (this.#file === undefined) {
      this.#path = this.#home.newPath();
      this.#file = await open(this.#path, "wx", 0o600);
    }
    this.#writing = writeAll(this.#file, buffers, bytes);
    // The next wait for a failed write reports it; until then it must not count as unhandled.
    this.#writing.catch(() => undefined);
  }
}

async function writeAll(file: FileHandle, buffers: Buffer[], bytes: number): Promise<void> {
  const { bytesWritten } = await file.writev(buffers);
  if (bytesWritten === bytes) return;
  const rest = Buffer.concat(buffers).subarray(bytesWritten);
  await file.writeFile(rest);
}

async function* readFileRange(path: string, start: number, length: number): AsyncGenerator<Buffer> {
  const file = await open(path, "r");
  const end = start + length;
  const readAt = async (position: number): Promise<Buffer> => {
    const size = Math.min(READ_BYTES, end - position);
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafeSlow(size), 0, size, position);
    if (bytesRead === 0) throw new Error(`A stored body ends at byte ${position} of ${end}; was its file changed?`);
    return buffer.subarray(0, bytesRead);
  };
  let ahead: Promise<Buffer> | undefined;
  try {
    ahead = readAt(start);
    for (let position = start; position < end; ) {
      const chunk: Buffer = await ahead!;
      position += chunk.length;
      ahead = position < end ? readAt(position) : undefined;
      ahead?.catch(() => undefined);
      yield chunk;
    }
  } finally {
    await ahead?.catch(() => undefined);
    await file.close();
  }
}

let zeroPage: Buffer | undefined;

function* zeros(length: number): Generator<Buffer> {
  zeroPage ??= Buffer.alloc(READ_BYTES);
  for (let left = length; left > 0; left -= READ_BYTES) yield zeroPage.subarray(0, Math.min(left, READ_BYTES));
}
