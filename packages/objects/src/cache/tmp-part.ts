import { TmpFillError } from "./errors.ts";
import type { TmpFileSystem } from "./tmp-directory.ts";

/** Where an object's bytes are written. Rejects with a reason to stop if there is no room; pass it on. */
export interface TmpSink {
  /** Writes all of `bytes` at a position. */
  write(bytes: Uint8Array, position: number): Promise<void>;
}

/** The budget cannot take what a file of unknown size grows to. Never leaves the cache. */
export class NoRoomError extends Error {}

/** The parts that {@link writePart} works with. */
export interface PartFile {
  readonly files: TmpFileSystem;
  readonly path: string;
  /** Size the file must end with; `undefined` if unknown. */
  readonly bytes: number | undefined;
  readonly fill: (sink: TmpSink, signal: AbortSignal) => Promise<void>;
  readonly signal: AbortSignal;
  /** Asked before the file grows beyond what was reserved. */
  readonly grow: (moreBytes: number) => Promise<void>;
}

/** Writes a file aside. Answers with its size; rejects with the first thing that went wrong. */
export async function writePart({ files, path, bytes, fill, signal, grow }: PartFile): Promise<number> {
  // "wx": never through a link that somebody put there.
  const handle = await files.open(path, "wx", 0o600);
  let reserved = bytes ?? 0;
  let end = 0;
  let failure: { readonly error: unknown } | undefined;
  const write = async (slice: Uint8Array, position: number): Promise<void> => {
    if (failure !== undefined) throw failure.error;
    try {
      const sliceEnd = position + slice.length;
      end = Math.max(end, sliceEnd);
      if (sliceEnd > reserved) {
        const more = sliceEnd - reserved;
        reserved = sliceEnd;
        await grow(more);
      }
      for (let done = 0; done < slice.length; ) {
        const { bytesWritten } = await handle.write(slice, done, slice.length - done, position + done);
        done += bytesWritten;
      }
    } catch (error) {
      failure ??= { error };
      throw error;
    }
  };
  try {
    await fill({ write }, signal);
  } catch (error) {
    // A fill may wrap what the sink threw; the reason that counts is the disk's.
    throw failure === undefined ? error : failure.error;
  } finally {
    await handle.close();
  }
  if (bytes !== undefined && end !== bytes) {
    throw new TmpFillError(end, bytes);
  }
  return end;
}
