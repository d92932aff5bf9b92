import { element } from "../s3/xml-text.ts";
import type { SnsError } from "./sns-error.ts";

const namespace = "http://sns.amazonaws.com/doc/2010-03-31/";

/** The answer of an operation in the query protocol: texts, maps of texts, lists of texts or structures. */
export type QueryResult = {
  readonly [name: string]: string | boolean | undefined | QueryResult | readonly (QueryResult | string)[] | TextMap;
};

/** A map, which the protocol writes as `entry` elements. */
export class TextMap {
  readonly entries: Readonly<Record<string, string>>;
  constructor(entries: Readonly<Record<string, string>>) {
    this.entries = entries;
  }
}

/** The document of an answer; operations that answer nothing have no `Result` element. */
export function answerDocument(action: string, result: QueryResult | undefined, requestId: string): string {
  const content = result === undefined ? "" : `<${action}Result>${structure(result)}</${action}Result>`;
  return `<${action}Response xmlns="${namespace}">${content}<ResponseMetadata>${element("RequestId", requestId)}</ResponseMetadata></${action}Response>`;
}

/** The document of an error. */
export function errorDocument(error: SnsError, requestId: string): string {
  const type = error.httpStatus < 500 ? "Sender" : "Receiver";
  const content = element("Type", type) + element("Code", error.code) + element("Message", error.message);
  return `<ErrorResponse xmlns="${namespace}"><Error>${content}</Error>${element("RequestId", requestId)}</ErrorResponse>`;
}

function structure(result: QueryResult): string {
  return Object.entries(result)
    .map(([name, value]) => {
      if (value === undefined) return "";
      if (typeof value === "string" || typeof value === "boolean") return element(name, value);
      return `<${name}>${content(value)}</${name}>`;
    })
    .join("");
}

function content(value: QueryResult | TextMap | readonly (QueryResult | string)[]): string {
  if (value instanceof TextMap) {
    return Object.entries(value.entries)
      .map(([key, text]) => `<entry>${element("key", key)}${element("value", text)}</entry>`)
      .join("");
  }
  if (!isList(value)) return structure(value);
  return value
    .map((item) => (typeof item === "string" ? element("member", item) : `<member>${structure(item)}</member>`))
    .join("");
}

function isList(value: object): value is readonly (QueryResult | string)[] {
  return Array.isArray(value);
}
