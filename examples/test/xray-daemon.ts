import { createSocket } from "node:dgram";
import { once } from "node:events";

/** A subsegment as the X-Ray SDK sends it to the daemon. */
export interface Subsegment {
  readonly id: string;
  readonly name: string;
  readonly trace_id: string;
  readonly parent_id: string;
  readonly annotations?: Readonly<Record<string, unknown>>;
  readonly metadata?: unknown;
  readonly http?: { readonly request: { readonly url: string }; readonly response: { readonly status: number } };
}

/** The X-Ray daemon's UDP port on this machine, which keeps what it receives. */
export interface XrayDaemon {
  /** For `AWS_XRAY_DAEMON_ADDRESS`. */
  readonly address: string;
  readonly subsegments: readonly Subsegment[];
  close(): void;
}

/** Opens an {@link XrayDaemon}. */
export async function openXrayDaemon(): Promise<XrayDaemon> {
  const subsegments: Subsegment[] = [];
  const socket = createSocket("udp4", (message) => {
    // A header comes first, in a line of its own.
    const [, body = ""] = message.toString().split("\n");
    subsegments.push(JSON.parse(body));
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return { address: `127.0.0.1:${socket.address().port}`, subsegments, close: () => void socket.close() };
}
