import * as s3Client from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Input, Inputs } from "../src/gateway/inputs.ts";
import { s3InputsOf } from "../src/s3/inputs.ts";
import { OPERATIONS } from "../src/s3/operations.ts";
import type { OperationName } from "../src/s3/route.ts";
import { type S3Server, startS3Server } from "./s3-server.ts";
import { type SdkMember, type SdkShape, sdkOperation } from "./sdk-model.ts";

const operations = Object.keys(OPERATIONS) as OperationName[];
let server: S3Server;
beforeAll(async () => {
  server = await startS3Server();
  await server.service.createBucket("bucket");
});
afterAll(() => server.close());

/** The request of an operation, by hand, so that anything can be added to it. */
function request(operation: OperationName, more: { headers?: Record<string, string>; query?: string }, body?: string) {
  const { method, path, input } = sdkOperation(s3Client, operation);
  const isOfObject = path.includes("{Key+}");
  const fixed = path.split("?")[1] ?? "";
  // These make the operation what it is.
  const ids = input.filter(({ query }) => query === "uploadId" || (query === "partNumber" && method === "PUT"));
  const query = [fixed, ...ids.map((id) => `${id.query}=1`), more.query ?? ""].filter((part) => part !== "").join("&");
  const copied = input.some(({ header }) => header === "x-amz-copy-source") ? { "x-amz-copy-source": "b/k" } : {};
  return fetch(
    `${server.endpoint}/bucket${isOfObject ? "/key" : ""}?${query}`.replace(/\/bucket(?=\?x-id=ListB)/, "/"),
    {
      method,
      headers: { ...copied, ...more.headers },
      ...(body !== undefined && { body }),
    },
  );
}

/** The inputs of an operation of S3 besides bucket, key and body. */
function knownInputs(operation: OperationName): readonly SdkMember[] {
  return sdkOperation(s3Client, operation).input.filter(({ header, query }) => (header ?? query) !== undefined);
}

/** Headers that say what the body is, as HTTP has them for any request. */
const isOfBody = ({ header }: SdkMember) => /^(?:content-.+|cache-control|expires)$/.test(header ?? "");

describe("what S3 knows and the embedded S3 does not serve is refused by name", () => {
  it.for(operations)("%s", async (operation) => {
    const { headers, query } = s3InputsOf(operation);
    const refused = knownInputs(operation).filter((member) => {
      if (isOfBody(member)) return false;
      return member.header === undefined
        ? query[member.query ?? ""] === undefined
        : headers[member.header] === undefined;
    });
    for (const { header, query: parameter } of refused) {
      const name = header ?? parameter ?? "";
      const more = header === undefined ? { query: `${name}=1` } : { headers: { [name]: "1" } };
      const response = await request(operation, more);
      expect([name, response.status]).toEqual([name, /acl|grant/.test(name) ? 400 : 501]);
      if (sdkOperation(s3Client, operation).method !== "HEAD") expect(await response.text()).toContain(name);
    }
  });

  it("as are values that are accepted only where they change nothing", async () => {
    for (const operation of operations) {
      const { headers } = s3InputsOf(operation);
      for (const [name, input] of Object.entries(headers)) {
        if (input.kind !== "only") continue;
        const response = await request(operation, { headers: { [name]: "something-else" } });
        expect([operation, name, response.status]).toEqual([operation, name, /acl/.test(name) ? 400 : 501]);
      }
    }
  });

  it.each([
    ["PutObject", "x-amz-server-side-encryption-customer-algorithm", "AES256"],
    ["GetObject", "x-amz-server-side-encryption-customer-key", "a2V5"],
    ["PutObject", "x-amz-server-side-encryption", "aws:kms"],
    ["CreateMultipartUpload", "x-amz-server-side-encryption", "aws:kms:dsse"],
    ["PutObject", "x-amz-object-lock-mode", "GOVERNANCE"],
    ["PutObject", "x-amz-write-offset-bytes", "0"],
    ["PutObject", "x-amz-checksum-sha512", "eA=="],
    ["PutObject", "if-modified-since", "Thu, 01 Jan 1970 00:00:00 GMT"],
    ["GetObject", "if-range", '"etag"'],
    ["DeleteObject", "x-amz-mfa", "serial 123456"],
    ["PutObject", "x-amz-header-of-tomorrow", "1"],
  ] as const)("%s with %s: %s", async (operation, name, value) => {
    const response = await request(operation, { headers: { [name]: value } });
    expect(response.status).toBe(501);
    const body = await response.text();
    expect(body).toContain("<Code>NotImplemented</Code>");
    expect(body).toContain(`<Header>${name}</Header>`);
  });

  it("a query parameter that nobody knows", async () => {
    const response = await request("ListObjectsV2", { query: "parameter-of-tomorrow=1" });
    expect(response.status).toBe(501);
    expect(await response.text()).toContain("<Parameter>parameter-of-tomorrow</Parameter>");
  });

  it("a subresource that nobody knows does not become another operation", async () => {
    const response = await fetch(`${server.endpoint}/bucket?notification`, { method: "DELETE" });
    expect(response.status).toBe(501);
    expect(server.service.listBuckets()).toContain("bucket");
  });
});

describe("what is listed as served is something S3 knows", () => {
  /** Of the protocol and of other clients, not of an operation. */
  const foreign =
    /^x-amz-(date|content-sha256|security-token|user-agent|region-set|decoded-content-length|trailer)$|^x-id$|^metadata$|^list-type$/;

  it.for(operations)("%s", (operation) => {
    const { input, path, method } = sdkOperation(s3Client, operation);
    const known = new Set(input.flatMap((member) => [member.header, member.query, `${member.prefixHeaders}*`]));
    const isWithBody = method === "PUT" || method === "POST";
    const unknown = [...Object.keys(s3InputsOf(operation).headers), ...Object.keys(s3InputsOf(operation).query)].filter(
      (name) =>
        !known.has(name) &&
        !foreign.test(name) &&
        !path.includes(name) &&
        // S3 takes these of every request with a body, and these of every request.
        !(isWithBody && /^x-amz-(checksum|sdk-checksum)/.test(name)) &&
        !/^x-amz-(request-payer|expected-bucket-owner)$/.test(name) &&
        !(operation === "ListObjects" && /start-after|continuation-token/.test(name)),
    );
    expect(unknown).toEqual([]);
  });
});

describe("elements of a document that are not served are refused by name", () => {
  const documents = operations.flatMap((operation) => {
    const payload = sdkOperation(s3Client, operation).input.find(
      ({ isPayload, shape }) => isPayload && shape.kind === "structure",
    );
    return payload === undefined ? [] : [{ operation, root: payload.wireName, shape: payload.shape }];
  });

  it.for(documents)("$operation", async ({ operation, root, shape }) => {
    for (const path of unservedPaths(shape, s3InputsOf(operation).document ?? {})) {
      const document = path.toReversed().reduce((inner, name) => `<${name}>${inner}</${name}>`, "x");
      const body = `<${root}>${document}</${root}>`;
      const md5 = await digest(body);
      const response = await request(operation, { headers: { "content-md5": md5 } }, body);
      const answer = await response.text();
      expect([path, response.status, answer]).toEqual([path, 501, expect.stringContaining([root, ...path].join("."))]);
    }
  });

  function unservedPaths(shape: SdkShape, inputs: Inputs): string[][] {
    if (shape.kind === "list") return unservedPaths(shape.of, inputs);
    if (shape.kind !== "structure") return [];
    return shape.members.flatMap(({ wireName, isFlattened, shape: inner }) => {
      const isWrapped = inner.kind === "list" && !isFlattened;
      const around = isWrapped ? [wireName, inner.itemName] : [wireName];
      if (inputs[wireName] === undefined) return [[wireName]];
      const input = isWrapped ? within(inputs[wireName], inner.itemName) : inputs[wireName];
      if (input === undefined) return [around];
      if (input.kind !== "structure") return [];
      return unservedPaths(inner, input.fields).map((path) => [...around, ...path]);
    });
  }

  function within(input: Input | undefined, name: string): Input | undefined {
    return input?.kind === "structure" ? input.fields[name] : input;
  }

  async function digest(text: string): Promise<string> {
    const { createHash } = await import("node:crypto");
    return createHash("md5").update(text).digest("base64");
  }
});
