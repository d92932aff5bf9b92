import type { IncomingHttpHeaders } from "node:http";
import { isLoopbackAuthority } from "./loopback.ts";

/**
 * Why a request is refused before it is routed, or `undefined` if it may pass. Keeps web pages out, also those that another
 * program of this machine serves: by `Host`, a page whose name was re-bound to loopback; by `Origin` and `Sec-Fetch-Site`,
 * one that simply sends across origins. Programs that are no browsers send neither of the latter.
 */
export function refusalOf(headers: IncomingHttpHeaders): string | undefined {
  const { host, origin } = headers;
  if (!isLoopbackAuthority(host)) {
    return `The Host header must name this machine (127.0.0.1, [::1] or localhost), not ${shown(host)}.`;
  }
  if (origin !== undefined && origin !== `http://${host}`) {
    return `Requests from the web page ${shown(origin)} are refused: the embedded AWS serves this machine's programs only.`;
  }
  const site = headers["sec-fetch-site"];
  if (site !== undefined && site !== "same-origin" && site !== "none") {
    return "Requests made by a page of another site or port are refused.";
  }
  return undefined;
}

function shown(value: string | undefined): string {
  return value === undefined ? "nothing" : JSON.stringify(value.slice(0, 100));
}
