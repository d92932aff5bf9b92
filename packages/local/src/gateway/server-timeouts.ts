import type { ServerOptions } from "node:http";

/** A program of this machine sends the headers of a request at once; a slower client is none, or holds up others. */
const HEADERS_TIMEOUT_MS = 20_000;

/**
 * How long a server of the embedded AWS waits. Headers must be complete in time; a body may take as long as it needs, for
 * uploads can be large, and their senders frozen.
 *
 * @param keepAliveTimeoutMs - a connection may be idle for so long between requests; 0 for as long as it likes.
 */
export function serverTimeouts({
  keepAliveTimeoutMs,
  headersTimeoutMs = HEADERS_TIMEOUT_MS,
}: {
  readonly keepAliveTimeoutMs: number;
  readonly headersTimeoutMs?: number | undefined;
}): ServerOptions {
  return {
    keepAliveTimeout: keepAliveTimeoutMs,
    headersTimeout: headersTimeoutMs,
    requestTimeout: 0,
    connectionsCheckingInterval: Math.min(5_000, headersTimeoutMs),
  };
}
