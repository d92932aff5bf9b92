import { createHash } from "node:crypto";
import type { ObjectId } from "./object-cache.ts";

/** One object in one version, as a file cache knows it. */
export interface TmpObject extends ObjectId {
  /** The version: another ETag is another file. */
  readonly etag: string;
  /** Size of the file in bytes, if known before it is filled. */
  readonly bytes?: number;
  /** Tells apart files made from the same object, such as its decompressed copy. Default: the object as it is. */
  readonly variant?: string;
}

/**
 * The name of an object's file, without its size. Keys are untrusted (`../../x`, 1,024 bytes, any Unicode), so the name is
 * a hash of bucket, key, ETag and variant and holds nothing of them.
 */
export function tmpName({ bucket, key, etag, variant = "" }: ObjectId & Pick<TmpObject, "etag" | "variant">): string {
  return createHash("sha256")
    .update(JSON.stringify([bucket, key, etag, variant]))
    .digest("hex");
}

/** The file's name with its size, so that a later process can tell a whole file from a damaged one. */
export function tmpFileName(name: string, bytes: number): string {
  return `${name}.${bytes}`;
}

/** A file still being written: named for the process that writes it. */
export function partFileName(pid: number, id: string): string {
  return `.part-${pid}-${id}`;
}

/** The parts of a file name in the cache's directory. */
export type TmpFileKind =
  | { readonly kind: "whole"; readonly name: string; readonly bytes: number }
  | { readonly kind: "part"; readonly pid: number }
  | { readonly kind: "foreign" };

/** Reads a file name found in the directory. */
export function parseTmpFileName(fileName: string): TmpFileKind {
  const whole = /^([0-9a-f]{64})\.(\d{1,15})$/.exec(fileName);
  if (whole !== null) return { kind: "whole", name: whole[1]!, bytes: Number(whole[2]) };
  const part = /^\.part-(\d{1,10})-/.exec(fileName);
  return part === null ? { kind: "foreign" } : { kind: "part", pid: Number(part[1]) };
}
