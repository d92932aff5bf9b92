import { decodeUrlText, decodeXmlText } from "./key-text.ts";
import type { ListedPage } from "./listed-page.ts";
import type { PageMemory, PagePool } from "./page-memory.ts";
import { TagTrail } from "./tag-trail.ts";

const LESS_THAN = 0x3c;
const ZERO = 0x30;
const OBJECT = Buffer.from("<Contents>");
const OBJECT_END = Buffer.from("</Contents>");
const KEY = Buffer.from("<Key>");
const SIZE = Buffer.from("<Size>");

/**
 * Reads the body of a `ListObjectsV2` answer by looking for its tags, byte by byte: a hundredth of what a parser takes
 * that makes objects of all of it.
 *
 * @returns nothing if this is no whole listing: an error document, or one that was cut off.
 */
export function scanListing(memory: PageMemory, pool?: PagePool): ListedPage | undefined {
  const body = memory.body.subarray(0, memory.bodyBytes);
  const opened = body.subarray(0, 1_024).indexOf("<ListBucketResult");
  const closed = body.subarray(-64).indexOf("</ListBucketResult>");
  if (opened === -1 || closed === -1) return undefined;
  const firstObject = body.indexOf(OBJECT);
  const length = findObjects(memory, body, firstObject);
  const { keyStart, keyEnd, end, sizes } = memory;

  // S3 says what is true of the whole page before its objects; other stores say it behind them.
  const ofPage = (name: string): string | undefined =>
    elementText(body, name, opened, firstObject === -1 ? body.length : firstObject) ??
    elementText(body, name, length === 0 ? opened : (end[length - 1] as number), body.length);
  const isUrlEncoded = ofPage("EncodingType") === "url";
  const nextToken = ofPage("NextContinuationToken");

  let isReleased = false;
  const checked = (index: number): number => {
    if (isReleased) throw new ReferenceError("The page was released: take from it what is needed before that.");
    if (index >= 0 && index < length) return index;
    throw new RangeError(`The page has ${length} objects, none at ${index}.`);
  };
  const startOf = (index: number): number => (checked(index) === 0 ? firstObject : (end[index - 1] as number));
  const ofObject = (index: number, name: string): string =>
    elementText(body, name, startOf(index), end[index] as number) ?? "";
  const key = (index: number): string => {
    const start = keyStart[checked(index)];
    // URL-encoded text is ASCII throughout.
    if (isUrlEncoded) return decodeUrlText(body.toString("latin1", start, keyEnd[index]));
    return decodeXmlText(body.toString("utf8", start, keyEnd[index]));
  };
  return {
    length,
    isTruncated: ofPage("IsTruncated") === "true",
    nextToken: nextToken && decodeXmlText(nextToken),
    key,
    size: (index) => sizes[checked(index)] as number,
    lastModified: (index) => ofObject(index, "LastModified"),
    etag: (index) => etagOf(ofObject(index, "ETag")),
    storageClass: (index) => ofObject(index, "StorageClass") || STANDARD,
    object(index) {
      // Texts are searched several times as fast as a buffer.
      const text = body.toString("latin1", startOf(index), end[index]);
      return {
        key: key(index),
        size: sizes[index] as number,
        lastModified: textOf(text, "<LastModified>"),
        etag: etagOf(textOf(text, "<ETag>")),
        storageClass: textOf(text, "<StorageClass>") || STANDARD,
      };
    },
    release() {
      if (isReleased) return;
      isReleased = true;
      pool?.giveBack(memory);
    },
  };
}

/** The storage class of an object for which S3 names none. */
const STANDARD = "STANDARD";

function etagOf(text: string): string {
  return decodeXmlText(text).replaceAll('"', "");
}

/** Content of the element that a tag opens, undecoded; empty where it is not in the text. */
function textOf(text: string, tag: string): string {
  const at = text.indexOf(tag);
  if (at === -1) return "";
  const start = at + tag.length;
  return text.slice(start, text.indexOf("<", start));
}

/** Content of an element of this name between two positions, undecoded. */
function elementText(body: Buffer, name: string, from: number, to: number): string | undefined {
  const open = `<${name}>`;
  const tag = body.indexOf(open, from, "latin1");
  if (tag === -1 || tag >= to) return undefined;
  const start = tag + open.length;
  return body.toString("latin1", start, body.indexOf(LESS_THAN, start));
}

/** Finds the objects, in the one loop that every key of a bucket goes through, and returns how many there are. */
function findObjects(memory: PageMemory, body: Buffer, firstObject: number): number {
  const trails = { toSize: new TagTrail(), toEnd: new TagTrail() };
  let length = 0;
  for (let at = firstObject; at !== -1; length++) {
    if (length === memory.room) memory.grow();
    at += OBJECT.length;
    const end = readLikeBefore(memory, body, at, length, trails);
    at = end === -1 ? readObject(memory, body, at, length, trails) : end;
    // The next object usually follows at once.
    if (!hasTag(body, at, OBJECT)) at = body.indexOf(OBJECT, at);
  }
  return length;
}

/** The ways through an object: from its key to its size, and from there to its end. */
interface Trails {
  readonly toSize: TagTrail;
  readonly toEnd: TagTrail;
}

/** Notes an object that is like the one before but for the texts; returns where it ends, or -1 if it is not. */
function readLikeBefore(memory: PageMemory, body: Buffer, from: number, index: number, trails: Trails): number {
  if (!hasTag(body, from, KEY)) return -1;
  const keyEnd = nextTag(body, from + KEY.length);
  const size = trails.toSize.follow(body, keyEnd);
  if (size === -1 || !hasTag(body, size, SIZE)) return -1;
  const end = trails.toEnd.follow(body, readSize(memory, body, size, index));
  if (end === -1 || !hasTag(body, end, OBJECT_END)) return -1;
  memory.keyStart[index] = from + KEY.length;
  memory.keyEnd[index] = keyEnd;
  memory.end[index] = end + OBJECT_END.length;
  return end + OBJECT_END.length;
}

/** Notes the object whose elements begin at a position, in whatever order they come; returns where it ends. */
function readObject(memory: PageMemory, body: Buffer, from: number, index: number, trails: Trails): number {
  memory.sizes[index] = 0;
  for (let at = from, keyEnd = from, sizeEnd = from; ; at++) {
    at = nextTag(body, at);
    if (hasTag(body, at, KEY)) {
      memory.keyStart[index] = at + KEY.length;
      at = nextTag(body, at + KEY.length);
      memory.keyEnd[index] = at;
      keyEnd = at;
    } else if (hasTag(body, at, SIZE)) {
      trails.toSize.learn(body, keyEnd, at);
      at = readSize(memory, body, at, index);
      sizeEnd = at;
    } else if (hasTag(body, at, OBJECT_END) || at >= body.length) {
      trails.toEnd.learn(body, sizeEnd, at);
      memory.end[index] = at + OBJECT_END.length;
      return at + OBJECT_END.length;
    }
  }
}

/** Notes the number behind a `Size` tag; returns where it ends. */
function readSize(memory: PageMemory, body: Buffer, tag: number, index: number): number {
  let at = tag + SIZE.length;
  let size = 0;
  for (; body[at] !== LESS_THAN && at < body.length; at++) size = size * 10 + (body[at] as number) - ZERO;
  memory.sizes[index] = size;
  return at;
}

function nextTag(body: Buffer, from: number): number {
  let at = from;
  while (at < body.length && body[at] !== LESS_THAN) at++;
  return at;
}

function hasTag(body: Buffer, at: number, tag: Buffer): boolean {
  for (let i = 0; i < tag.length; i++) if (body[at + i] !== tag[i]) return false;
  return true;
}
