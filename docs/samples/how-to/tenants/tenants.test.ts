import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { runTableRequest } from "@longhaul/core/store";
import { type LocalAws, outsideCredentials, startLocalAws } from "@longhaul/local";
import { App } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { ReportsStack } from "./stack.ts";

/** An event that waits for an invocation. */
interface Sent {
  readonly tenantId: string;
  readonly event: { readonly pages: number };
}

const sent: Sent[] = [];
let aws: LocalAws;
let lambda: Server;
beforeAll(async () => {
  aws = await startLocalAws({ region: "eu-west-1" });
  const outside = { region: aws.region, endpoint: aws.url, credentials: outsideCredentials };
  await new DynamoDBClient(outside).send(new CreateTableCommand(runTableRequest("runs")));
  lambda = createServer(async (request, response) => {
    const { "x-amz-tenant-id": tenantId } = request.headers;
    const body = await text(request);
    // https://docs.aws.amazon.com/lambda/latest/dg/tenant-isolation-troubleshooting.html
    if (typeof tenantId !== "string") response.writeHead(400, { "x-amzn-errortype": "InvalidParameterValueException" });
    else {
      sent.push({ tenantId, event: JSON.parse(body) });
      response.writeHead(202);
    }
    response.end();
  });
  await new Promise<void>((resolve) => lambda.listen(0, "127.0.0.1", resolve));
  vi.stubEnv("AWS_ENDPOINT_URL_DYNAMODB", aws.url);
  vi.stubEnv("AWS_ENDPOINT_URL_LAMBDA", `http://127.0.0.1:${(lambda.address() as AddressInfo).port}`);
  vi.stubEnv("AWS_REGION", aws.region);
  vi.stubEnv("AWS_ACCESS_KEY_ID", outsideCredentials.accessKeyId);
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", outsideCredentials.secretAccessKey);
  vi.stubEnv("LONGHAUL_RUN_TABLE", "runs");
  vi.stubEnv("LONGHAUL_RECURSIVE_LOOP", "Allow");
});
afterAll(async () => {
  lambda.closeAllConnections();
  lambda.close();
  await aws.stop();
});

describe("a run of a tenant stays with it", () => {
  it("from hop to hop, and apart from the run of another tenant", async () => {
    const { handler } = await import("./handler.ts");
    const done: string[] = [];
    const time = { leftMs: 0 };
    vi.stubGlobal("fetch", async (url: string) => {
      done.push(url.slice("https://reports.example.com/".length));
      if (done.length % 4 === 0) time.leftMs = 500; // the hop ends
      return new Response();
    });
    const invoke = ({ tenantId, event }: Sent) => {
      time.leftMs = 60_000;
      return handler(event, {
        awsRequestId: "11111111-2222-4333-8444-555555555555",
        invokedFunctionArn: "arn:aws:lambda:eu-west-1:000000000000:function:reports",
        functionVersion: "$LATEST",
        memoryLimitInMB: "256",
        tenantId,
        getRemainingTimeInMillis: () => time.leftMs,
      });
    };

    const runs = new Set<string>();
    let hops = 0;
    for (const tenantId of ["blue", "green"]) sent.push({ tenantId, event: { pages: 10 } });
    for (let invocation = sent.shift(); invocation; invocation = sent.shift()) {
      const { run } = await invoke(invocation);
      runs.add(run);
      hops++;
    }
    expect(hops).toBeGreaterThan(4);
    for (const tenant of ["blue", "green"]) {
      const pages = done.filter((page) => page.startsWith(`${tenant}/`));
      expect(pages).toEqual(Array.from({ length: 10 }, (_, page) => `${tenant}/${page}`));
      expect([...runs].filter((run) => run.includes(`/${tenant}/`))).toHaveLength(1);
    }
  });
});

describe("the stack", () => {
  const template = Template.fromStack(new ReportsStack(new App(), "Reports"));

  it("isolates tenants", () => {
    template.hasResourceProperties("AWS::Lambda::Function", {
      RecursiveLoop: "Allow",
      TenancyConfig: { TenantIsolationMode: "PER_TENANT" },
    });
  });
});
