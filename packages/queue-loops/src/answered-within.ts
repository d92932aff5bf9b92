/** How an SDK client sends its requests. */
export interface RequestLimits {
  readonly connectionTimeout: number;
  readonly requestTimeout: number;
  readonly throwOnRequestTimeout: true;
}

/**
 * Has an SDK client give up a request that is not answered within so many milliseconds, and try it again. By default it
 * waits for ever, and a connection that died unnoticed would have a loop do nothing until its hop is over.
 * https://docs.aws.amazon.com/sdk-for-javascript/v3/developer-guide/node-configuring-https.html
 */
export function answeredWithin(ms: number): RequestLimits {
  return { connectionTimeout: Math.min(ms, 3_000), requestTimeout: ms, throwOnRequestTimeout: true };
}
