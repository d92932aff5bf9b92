import type { IncomingMessage } from "node:http";

/** The scope in a request's SigV4 signature; the signature itself is not checked. */
export interface CredentialScope {
  readonly accessKeyId: string;
  readonly region: string;
  /** The signing name, e.g. `s3`, `lambda`, `sqs`, `dynamodb`. */
  readonly service: string;
}

/**
 * Reads `keyId/date/region/service/aws4_request` from the `Authorization` header or, for a presigned URL, from
 * `X-Amz-Credential`. SigV4a scopes (`keyId/date/service/aws4_request`) carry no region.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function credentialScopeOf(request: Pick<IncomingMessage, "headers" | "url">): CredentialScope | undefined {
  const header = request.headers.authorization;
  const fromHeader = header === undefined ? undefined : /Credential=([^,\s]+)/.exec(header)?.[1];
  return parseScope(fromHeader ?? presignedCredential(request.url));
}

function presignedCredential(url: string | undefined): string | undefined {
  const query = url?.indexOf("?") ?? -1;
  if (url === undefined || query < 0 || !/[?&]X-Amz-Credential=/i.test(url)) return undefined;
  for (const [name, value] of new URLSearchParams(url.slice(query + 1))) {
    if (name.toLowerCase() === "x-amz-credential") return value;
  }
  return undefined;
}

function parseScope(credential: string | undefined): CredentialScope | undefined {
  const parts = credential?.split("/") ?? [];
  if (parts.at(-1) !== "aws4_request" || parts.length < 4) return undefined;
  // An access key id may itself hold slashes in no real account, so the scope is counted from its end.
  const isAsymmetric = parts.length === 4;
  const service = parts.at(-2);
  const region = isAsymmetric ? "" : parts.at(-3);
  const accessKeyId = parts[0];
  if (!service || region === undefined || !accessKeyId) return undefined;
  return { accessKeyId, region, service };
}
