import { LocalAwsError } from "./local-aws-error.ts";

/** The embedded AWS was asked to listen where other machines could reach it. It checks no signatures, so it never does. */
export class NotLoopbackError extends LocalAwsError {
  constructor(host: string) {
    super(
      "NotLoopback",
      `The embedded AWS does not listen on ${JSON.stringify(host.slice(0, 100))}: it accepts any credentials, so only this machine may reach it. Use 127.0.0.1, ::1 or localhost.`,
    );
  }
}

const ipv4Loopback = /^127(?:\.(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}$/;

/** Whether a host (no port, no brackets) is this machine and nothing else. Names other than `localhost` are not asked of DNS. */
function isLoopbackHost(host: string): boolean {
  return ipv4Loopback.test(host) || host === "::1" || /^(?:[a-z0-9_-]+\.)*localhost$/i.test(host);
}

/**
 * The bind address for a requested host.
 *
 * @throws {NotLoopbackError} for anything but 127.0.0.0/8, `::1` and `localhost`.
 */
export function loopbackBindAddress(host: string): string {
  if (host.toLowerCase() === "localhost") return "127.0.0.1";
  if (ipv4Loopback.test(host) || host === "::1") return host;
  throw new NotLoopbackError(host);
}

/**
 * Whether a `Host` (or the authority of an `Origin`) header names this machine. A web page whose name was re-bound to
 * 127.0.0.1 still sends its own name here, and is refused by it.
 */
export function isLoopbackAuthority(authority: string | undefined): boolean {
  if (authority === undefined) return false;
  const match = /^(?:\[([^\]]+)\]|([^:]+))(?::\d{1,5})?$/.exec(authority);
  const host = match?.[1] ?? match?.[2];
  return host !== undefined && isLoopbackHost(host);
}
