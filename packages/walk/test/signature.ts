import { createHash, createHmac } from "node:crypto";
import type { ArrivedRequest } from "./scripted-s3.ts";

/**
 * Whether a request without body carries the signature that AWS would compute for it, by the letter of
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html.
 */
export function isSignedBy({ method, target, headers }: ArrivedRequest, secretAccessKey: string): boolean {
  const [, date = "", region = "", service = "", names = "", signature = ""] =
    /^AWS4-HMAC-SHA256 Credential=[^/]+\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      headers.authorization ?? "",
    ) ?? [];
  const url = new URL(target, "http://localhost");
  const encode = (text: string) =>
    encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  const query = [...url.searchParams]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join("&");
  const canonical = [
    method,
    url.pathname,
    query,
    ...names.split(";").map((name) => `${name}:${headers[name]?.trim().replace(/ +/g, " ")}`),
    "",
    names,
    headers["x-amz-content-sha256"],
  ].join("\n");
  const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
  const scope = `${date}/${region}/${service}/aws4_request`;
  const toSign = ["AWS4-HMAC-SHA256", headers["x-amz-date"], scope, sha256(canonical)].join("\n");
  const key = [date, region, service, "aws4_request"].reduce<string | Buffer>(
    (key, text) => createHmac("sha256", key).update(text).digest(),
    `AWS4${secretAccessKey}`,
  );
  const required = ["host", "x-amz-content-sha256", "x-amz-date"].every((name) => names.split(";").includes(name));
  return required && createHmac("sha256", key).update(toSign).digest("hex") === signature;
}
