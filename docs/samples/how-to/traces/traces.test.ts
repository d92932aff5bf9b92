import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { outsideCredentials } from "@longhaul/local";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

interface Exported {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly links?: readonly { readonly spanId: string }[];
}

/** Spans that the collector got. */
const exported: Exported[] = [];
/** Events that the function sent to itself. */
const sent: { readonly upTo: number }[] = [];
const known = new Set<string>();
let server: Server;
beforeAll(async () => {
  server = createServer(async (request, response) => {
    const body = await json(request);
    if (request.url === "/v1/traces") {
      const { resourceSpans } = body as {
        resourceSpans: readonly { scopeSpans: readonly { spans: readonly Exported[] }[] }[];
      };
      exported.push(...resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)));
      response.setHeader("content-type", "application/json").end("{}");
    } else {
      // On a busy machine the same event may be sent twice.
      if (!known.has(JSON.stringify(body))) sent.push(body as { upTo: number });
      known.add(JSON.stringify(body));
      response.writeHead(202).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  vi.stubEnv("OTEL_EXPORTER_OTLP_ENDPOINT", url);
  vi.stubEnv("AWS_ENDPOINT_URL_LAMBDA", url);
  vi.stubEnv("AWS_REGION", "eu-west-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", outsideCredentials.accessKeyId);
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", outsideCredentials.secretAccessKey);
  vi.stubEnv("LONGHAUL_RECURSIVE_LOOP", "Allow");
});
afterAll(() => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  server.close();
});

describe("the handler of this page", () => {
  it("has sent the spans of a hop when its invocation ends, and all hops are one trace", async () => {
    const { handler } = await import("./handler.ts");
    const spansNamed = (name: RegExp) => exported.filter((span) => name.test(span.name));
    let event: { readonly upTo: number } | undefined = { upTo: 20 };
    let hops = 0;
    for (; event; event = sent.shift()) {
      let asked = 0;
      await handler(event, {
        awsRequestId: "11111111-2222-4333-8444-555555555555",
        invokedFunctionArn: "arn:aws:lambda:eu-west-1:000000000000:function:invoices",
        functionVersion: "$LATEST",
        memoryLimitInMB: "256",
        // The time of a hop passes with every question.
        getRemainingTimeInMillis: () => Math.max(2_000, 20_000 - 1_000 * asked++),
      });
      hops += 1;
      expect(spansNamed(/^hop/)).toHaveLength(hops);
    }
    expect(hops).toBeGreaterThan(1);
    expect(spansNamed(/^run$/)).toHaveLength(1);
    expect(new Set(exported.map(({ traceId }) => traceId)).size).toBe(1);
    const links = spansNamed(/^hop/).flatMap((span) => span.links ?? []);
    expect(links.map(({ spanId }) => spanId)).toEqual(spansNamed(/^hand-off$/).map(({ spanId }) => spanId));
  });
});
