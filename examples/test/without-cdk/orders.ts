import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A billing service on loopback: takes its time for each order, and counts how often one was charged. */
export interface Billing extends AsyncDisposable {
  readonly url: string;
  /** Orders by idempotency key: a key that came twice was charged once. */
  readonly charged: ReadonlyMap<string, string>;
}

export async function startBilling(orderMs: number): Promise<Billing> {
  const charged = new Map<string, string>();
  const server = createServer((request, response) => {
    const order = /^\/orders\/([^/]+)\/charge$/.exec(request.url ?? "")?.[1] ?? "";
    setTimeout(() => {
      charged.set(String(request.headers["idempotency-key"]), order);
      response.end();
    }, orderMs);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    charged,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
