import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** An endpoint that takes asynchronous invocations and keeps their events, for a test to deliver. */
export interface EventQueue {
  readonly url: string;
  /** Takes the oldest event; `undefined` if there is none. */
  take(): unknown;
  close(): void;
}

/** Opens an {@link EventQueue} on this machine. */
export async function openEventQueue(): Promise<EventQueue> {
  const events: unknown[] = [];
  const server = createServer(async (request, response) => {
    events.push(JSON.parse(await text(request)));
    response.writeHead(202).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    take: () => events.shift(),
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
