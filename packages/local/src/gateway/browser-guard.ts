import type { IncomingHttpHeaders } from "node:http";
import { isLoopbackAuthority } from "./loopback.ts";

/**
 * Why a request is refused before it is routed, or `undefined` if it may pass. Keeps web pages out: one whose name was
 * re-bound to loopback (by `Host`), and one that simply posts across origins (by `Origin` and `Sec-Fetch-Site`).
 */
export function refusalOf(headers: IncomingHttpHeaders): string | undefined {
  if (!isLoopbackAuthority(headers.host)) {
    return `The Host header must name this machine (127.0.0.1, [::1] or localhost), not ${shown(headers.host)}.`;
  }
  const { origin } = headers;
  if (origin !== undefined && !isLoopbackAuthority(/^https?:\/\/(.+)$/.exec(origin)?.[1])) {
    return `Requests from the web page ${shown(origin)} are refused: the embedded AWS serves this machine's programs only.`;
  }
  if (headers["sec-fetch-site"] === "cross-site") return "Requests made by a page of another site are refused.";
  return undefined;
}

function shown(value: string | undefined): string {
  return value === undefined ? "nothing" : JSON.stringify(value.slice(0, 100));
}
