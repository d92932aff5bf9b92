import type { IncomingHttpHeaders } from "node:http";
import { type Inputs, type UnservedInput, unservedInput, unservedMessage } from "../gateway/inputs.ts";
import type { Fields } from "../gateway/request-fields.ts";
import { s3InputsOf } from "./inputs.ts";
import type { OperationName } from "./route.ts";
import { S3Error } from "./s3-error.ts";
import type { XmlElement } from "./xml-reader.ts";

/** Standard headers that change what S3 does. The others describe the connection, the client or the body. */
const CONDITIONAL = new Set([
  ...["if-match", "if-none-match", "if-modified-since", "if-unmodified-since", "if-range", "range"],
]);

/** The inputs of a request besides bucket, key and body. */
interface RequestInputs {
  readonly operation: OperationName;
  readonly headers: IncomingHttpHeaders;
  readonly query: ReadonlyMap<string, string>;
}

/**
 * Refuses headers and query parameters that the operation does not serve.
 *
 * @throws S3Error `NotImplemented` naming the first; `AccessControlListNotSupported` as S3 does for any new bucket.
 */
export function checkInputs({ operation, headers, query }: RequestInputs): void {
  const inputs = s3InputsOf(operation);
  const header = unservedInput(inputs.headers, meaningful(headers));
  if (header !== undefined) throw refused(operation, "header", "Header", header);
  const parameter = unservedInput(inputs.query, Object.fromEntries(query));
  if (parameter !== undefined) throw refused(operation, "query parameter", "Parameter", parameter);
}

/** @throws S3Error `NotImplemented` naming the first element of a request document that the operation does not serve. */
export function checkDocument(operation: OperationName, root: XmlElement): void {
  const element = unservedElement(s3InputsOf(operation).document ?? {}, root, root.name);
  if (element !== undefined) throw refused(operation, "element", "Element", element);
}

function unservedElement(inputs: Inputs, { children }: XmlElement, path: string): UnservedInput | undefined {
  for (const child of children) {
    const input = inputs[child.name];
    const found =
      unservedInput(inputs, { [child.name]: child.text }, path) ??
      (input?.kind === "structure" ? unservedElement(input.fields, child, `${path}.${child.name}`) : undefined);
    if (found !== undefined) return found;
  }
  return undefined;
}

function meaningful(headers: IncomingHttpHeaders): Fields {
  const named = Object.entries(headers).filter(([name]) => name.startsWith("x-amz-") || CONDITIONAL.has(name));
  return Object.fromEntries(
    named.map(([name, value]) => [name.startsWith("x-amz-meta-") ? "x-amz-meta-*" : name, value]),
  );
}

function refused(operation: OperationName, kind: string, detail: string, unserved: UnservedInput): S3Error {
  const message = unservedMessage("S3", operation, kind, unserved);
  const isAcl = /^x-amz-(?:acl|grant-.+)$/.test(unserved.path);
  return new S3Error(isAcl ? "AccessControlListNotSupported" : "NotImplemented", message, { [detail]: unserved.path });
}
