import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { type Delivery, type Handler, startDelivery } from "../test/delivery.ts";
import { openXrayDaemon, type XrayDaemon } from "../test/xray-daemon.ts";

let delivery: Delivery;
let daemon: XrayDaemon;
let charges = 0;
const billing = createServer((_request, response) => {
  if (++charges % 4 === 0) delivery.time.leftMs = 5_000; // the hop ends
  response.end();
});
beforeAll(async () => {
  delivery = await startDelivery();
  daemon = await openXrayDaemon();
  billing.listen(0, "127.0.0.1");
  await once(billing, "listening");
  vi.stubEnv("BILLING_URL", `http://127.0.0.1:${(billing.address() as AddressInfo).port}`);
  vi.stubEnv("AWS_XRAY_DAEMON_ADDRESS", daemon.address);
  // By these the tracer and the SDK of X-Ray know Lambda; without, they trace nothing.
  vi.stubEnv("AWS_EXECUTION_ENV", "AWS_Lambda_nodejs24.x");
  vi.stubEnv("LAMBDA_TASK_ROOT", "/var/task");
  vi.stubEnv("_HANDLER", "index.handler");
});
afterAll(async () => {
  billing.closeAllConnections();
  billing.close();
  daemon.close();
  await delivery.stop();
});

it("each hop sends the daemon a subsegment that names run and hop, and below it one of each request", async () => {
  const { handler } = await import("./powertools-tracer.ts");
  const traces: string[] = [];
  const outcomes = await delivery.deliverAll(
    (event, context) => {
      const trace = `1-${Math.floor(Date.now() / 1000).toString(16)}-${randomBytes(12).toString("hex")}`;
      traces.push(trace);
      vi.stubEnv("_X_AMZN_TRACE_ID", `Root=${trace};Parent=${randomBytes(8).toString("hex")};Sampled=1`);
      return (handler as Handler)(event, context);
    },
    { orders: 10 },
  );
  expect(outcomes).toMatchObject([{ status: "continued" }, { status: "continued" }, { status: "done", result: 10 }]);

  const run = (outcomes[0] as { run: string }).run;
  const hops = await vi.waitFor(() => {
    const hops = daemon.subsegments.filter(({ name }) => name === "## index.handler");
    expect(hops).toHaveLength(3);
    return hops;
  });
  expect(hops.map(({ trace_id, annotations }) => [trace_id, annotations?.run, annotations?.hop])).toEqual(
    traces.map((trace, hop) => [trace, run, hop]),
  );
  expect(hops.map(({ metadata }) => metadata)).toEqual([undefined, undefined, undefined]);
  const requests = daemon.subsegments.filter(({ http }) => http?.request.url.includes("/orders/"));
  expect(requests.map(({ parent_id, http }) => [parent_id, http?.request.url.split("/").at(-1)])).toEqual(
    Array.from({ length: 10 }, (_, order) => [hops[Math.floor(order / 4)]?.id, String(order)]),
  );
});
