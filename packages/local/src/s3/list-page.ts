import { crc32 } from "node:zlib";
import type { KeyIndex } from "./key-index.ts";
import { compareKeys } from "./key-order.ts";
import { S3Error } from "./s3-error.ts";

/** Where a page of a listing begins: after a key, or after every key of a common prefix. */
export type ListPosition = { readonly afterKey: string } | { readonly afterPrefix: string };

/** A request for one page of a listing. */
export interface ListQuery {
  readonly prefix: string;
  /** Empty for none. */
  readonly delimiter: string;
  readonly maxKeys: number;
  /** `undefined`: from the beginning. */
  readonly from: ListPosition | undefined;
}

/** One page: keys and common prefixes, each in order, and where the next page begins if there is one. */
export interface ListPage<T> {
  readonly contents: readonly (readonly [key: string, value: T])[];
  readonly commonPrefixes: readonly string[];
  readonly next: ListPosition | undefined;
}

/**
 * One page of a listing. A common prefix counts as one result and is stepped over by one seek, however many keys stand
 * behind it.
 */
export function listPage<T>(index: Pick<KeyIndex<T>, "seek">, query: ListQuery): ListPage<T> {
  const { prefix, delimiter, maxKeys, from } = query;
  const contents: (readonly [string, T])[] = [];
  const commonPrefixes: string[] = [];
  const cursor = index.seek(startKey(prefix, from));
  if (from !== undefined) {
    if ("afterPrefix" in from) cursor.seekPastPrefix(from.afterPrefix);
    else if (cursor.key === from.afterKey) cursor.next();
  }
  let last: ListPosition | undefined;
  for (let results = 0; ; results++) {
    const key = cursor.key;
    if (key === undefined || !key.startsWith(prefix)) return { contents, commonPrefixes, next: undefined };
    if (results >= maxKeys) return { contents, commonPrefixes, next: last };
    const at = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
    if (at === -1) {
      contents.push([key, cursor.value]);
      last = { afterKey: key };
      cursor.next();
    } else {
      const commonPrefix = key.slice(0, at + delimiter.length);
      commonPrefixes.push(commonPrefix);
      last = { afterPrefix: commonPrefix };
      cursor.seekPastPrefix(commonPrefix);
    }
  }
}

function startKey(prefix: string, from: ListPosition | undefined): string {
  if (from === undefined) return prefix;
  const start = "afterKey" in from ? from.afterKey : from.afterPrefix;
  return compareKeys(start, prefix) < 0 ? prefix : start;
}

/**
 * The position for `StartAfter` (or version 1's `Marker`). A key inside a common prefix starts after that prefix: a result
 * that does not sort after `StartAfter` is not listed.
 */
export function positionAfter(startAfter: string, prefix: string, delimiter: string): ListPosition {
  if (delimiter !== "" && startAfter.startsWith(prefix)) {
    const at = startAfter.indexOf(delimiter, prefix.length);
    if (at !== -1) return { afterPrefix: startAfter.slice(0, at + delimiter.length) };
  }
  return { afterKey: startAfter };
}

const KEY_MARK = 1;
const PREFIX_MARK = 2;

/** The opaque token for a position: good for any later request, in any process. */
export function encodeToken(position: ListPosition): string {
  const isKey = "afterKey" in position;
  const text = Buffer.from(isKey ? position.afterKey : position.afterPrefix, "utf8");
  const token = Buffer.alloc(text.length + 5);
  token[4] = isKey ? KEY_MARK : PREFIX_MARK;
  text.copy(token, 5);
  token.writeUInt32BE(crc32(token.subarray(4)), 0);
  return token.toString("base64");
}

/** @throws S3Error `InvalidArgument` for a token this service did not make. */
export function decodeToken(token: string): ListPosition {
  const bytes = Buffer.from(token, "base64");
  if (bytes.length > 5 && bytes.readUInt32BE(0) === crc32(bytes.subarray(4)) && bytes.toString("base64") === token) {
    const text = bytes.toString("utf8", 5);
    if (bytes[4] === KEY_MARK) return { afterKey: text };
    if (bytes[4] === PREFIX_MARK) return { afterPrefix: text };
  }
  throw new S3Error("InvalidArgument", "The continuation token provided is incorrect", {
    ArgumentName: "continuation-token",
  });
}
