import type { IncomingHttpHeaders } from "node:http";
import { S3Error } from "./s3-error.ts";

/** The query of a request without what a presigned URL puts there, and its headers with what such a URL moved there. */
interface PresignedRequest {
  readonly query: ReadonlyMap<string, string>;
  readonly headers: IncomingHttpHeaders;
}

const MAX_EXPIRES_SECONDS = 604_800;
/** Parameters of a signature of version 4, and of version 2 as older SDKs presign. */
const SIGNATURE = new Set([
  ...["x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-expires", "x-amz-signedheaders", "x-amz-signature"],
  ...["x-amz-security-token", "x-amz-content-sha256", "x-amz-user-agent", "x-amz-region-set"],
  ...["awsaccesskeyid", "signature", "expires"],
]);

/**
 * Takes a presigned URL apart: the signature is not checked, but its time is; `x-amz-*` parameters count as headers, as
 * SDKs move them there.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 * @throws S3Error `AccessDenied` after its time, `AuthorizationQueryParametersError` for a time that cannot be.
 */
export function readPresigned(
  query: ReadonlyMap<string, string>,
  headers: IncomingHttpHeaders,
  nowMs: number,
): PresignedRequest {
  const lower = new Map(Array.from(query, ([name, value]) => [name.toLowerCase(), value]));
  const isVersion4 = lower.has("x-amz-signature");
  const isVersion2 = lower.has("awsaccesskeyid") && lower.has("signature");
  if (!isVersion4 && !isVersion2) return { query, headers };
  const expiresMs = isVersion4 ? expiryOfVersion4(lower) : Number(lower.get("expires")) * 1000;
  if (!(nowMs <= expiresMs)) {
    const expires = Number.isFinite(expiresMs) ? { Expires: new Date(expiresMs).toISOString() } : {};
    throw new S3Error("AccessDenied", "Request has expired", { ...expires, ServerTime: new Date(nowMs).toISOString() });
  }
  const moved: IncomingHttpHeaders = { ...headers };
  const rest = new Map<string, string>();
  for (const [name, value] of query) {
    const header = name.toLowerCase();
    if (SIGNATURE.has(header)) continue;
    if (header.startsWith("x-amz-")) moved[header] = value;
    else rest.set(name, value);
  }
  return { query: rest, headers: moved };
}

function expiryOfVersion4(query: ReadonlyMap<string, string>): number {
  const date = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(query.get("x-amz-date") ?? "");
  const seconds = query.get("x-amz-expires") ?? "";
  if (date === null || !/^\d{1,7}$/.test(seconds) || Number(seconds) < 1 || Number(seconds) > MAX_EXPIRES_SECONDS) {
    throw new S3Error(
      "AuthorizationQueryParametersError",
      `X-Amz-Date must be in the format yyyyMMddTHHmmssZ, and X-Amz-Expires at most ${MAX_EXPIRES_SECONDS} seconds.`,
    );
  }
  const [, year, month, day, hour, minute, second] = date;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`) + Number(seconds) * 1000;
}
