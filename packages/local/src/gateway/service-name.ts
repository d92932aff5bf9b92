import type { IncomingMessage } from "node:http";

const targetPrefixes: ReadonlyArray<readonly [prefix: string, service: string]> = [
  ["DynamoDB_", "dynamodb"],
  ["AmazonSQS", "sqs"],
  ["GraniteServiceVersion", "monitoring"],
  ["AWSEvents", "events"],
  ["Logs_", "logs"],
];

/**
 * Which service an unsigned request is meant for: by the `X-Amz-Target` prefix of the JSON protocols, by the dated paths
 * of the Lambda API, otherwise S3 (whose objects may be fetched with plain HTTP).
 */
export function serviceNameOf(request: Pick<IncomingMessage, "headers" | "url" | "method">): string {
  const target = request.headers["x-amz-target"];
  if (typeof target === "string") {
    for (const [prefix, service] of targetPrefixes) if (target.startsWith(prefix)) return service;
    return target.split(".", 1)[0] ?? target;
  }
  const path = request.url ?? "/";
  if (/^\/20\d\d-\d\d-\d\d\/(?:functions|event-source-mappings|account-settings|tags|layers)\b/.test(path))
    return "lambda";
  return "s3";
}
