import { once } from "node:events";
import { connect } from "node:net";
import { text } from "node:stream/consumers";

/** Sends headers without an end; answers with what came back before the other side ended the connection. */
export async function sendSlowly(url: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, "connect");
  socket.write(`GET / HTTP/1.1\r\nHost: ${hostname}:${port}\r\nX-More: `);
  return text(socket);
}
