import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { S3Client, type S3ClientConfig } from "@aws-sdk/client-s3";
import { AccessDenied, type ServiceCall } from "../src/gateway/service.ts";
import { createS3, type S3Options, type S3Service } from "../src/s3/s3.ts";

/** An event as the service handed it out. */
export interface Delivery {
  readonly arn: string;
  readonly message: string;
  readonly traceHeader: string | undefined;
}

/** The embedded S3 behind a bare listener, for tests. */
export interface S3Server {
  readonly service: S3Service;
  readonly endpoint: string;
  readonly client: S3Client;
  /** A further client with settings of its own; closed with the server. */
  clientWith(config: S3ClientConfig): S3Client;
  readonly deliveries: Delivery[];
  /** The permissions that were asked for, as `action resource`. */
  readonly authorized: string[];
  /** Targets that cannot be reached. */
  readonly unreachable: Set<string>;
  /** Actions to refuse from now on, as `action resource` or `action`. */
  readonly refused: Set<string>;
  close(): Promise<void>;
}

/** Starts an S3 on a free port of the loopback interface. */
export async function startS3Server(options: Partial<S3Options> = {}): Promise<S3Server> {
  const directory = await mkdtemp(join(tmpdir(), "longhaul-s3-"));
  const deliveries: Delivery[] = [];
  const authorized: string[] = [];
  const refused = new Set<string>();
  const unreachable = new Set<string>();
  const service = createS3({
    directory,
    now: Date.now,
    region: "us-east-1",
    accountId: "123456789012",
    async deliver(target, message, origin) {
      if (unreachable.has(target.arn)) throw new Error("unreachable");
      deliveries.push({ arn: target.arn, message, traceHeader: origin.traceHeader });
    },
    ...options,
  });
  const server = createServer((request, response) => {
    const trace = request.headers["x-amzn-trace-id"];
    const call: ServiceCall = {
      request,
      response,
      principal: { accessKeyId: "AKIATEST" },
      region: "us-east-1",
      accountId: "123456789012",
      requestId: randomUUID(),
      traceHeader: typeof trace === "string" ? trace : undefined,
      authorize(action, resource) {
        authorized.push(`${action} ${resource}`);
        if (refused.has(action) || refused.has(`${action} ${resource}`))
          throw new AccessDenied(action, resource, undefined);
      },
    };
    void service.handle(call);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const clients: S3Client[] = [];
  const clientWith = (config: S3ClientConfig): S3Client => {
    const client = new S3Client({
      endpoint,
      region: "us-east-1",
      forcePathStyle: true,
      maxAttempts: 1,
      credentials: { accessKeyId: "AKIATEST", secretAccessKey: "secret" },
      ...config,
    });
    clients.push(client);
    return client;
  };
  return {
    service,
    endpoint,
    client: clientWith({}),
    clientWith,
    deliveries,
    authorized,
    refused,
    unreachable,
    async close() {
      for (const client of clients) client.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await service.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
