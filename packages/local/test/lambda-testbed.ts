import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { build } from "esbuild";
import type { DeliveryTarget } from "../src/gateway/service.ts";
import type { FunctionConfig } from "../src/lambda/function-config.ts";
import { createLambda, type LambdaOptions, type LambdaService } from "../src/lambda/lambda.ts";
import type { LambdaEvents } from "../src/lambda/lambda-events.ts";

export const REGION = "eu-central-1";
export const ACCOUNT = "123456789012";
export const ROLE = `arn:aws:iam::${ACCOUNT}:role/worker`;

/** An embedded Lambda behind a bare HTTP listener, with the real SDK client in front. */
export interface Testbed {
  readonly lambda: LambdaService;
  readonly client: LambdaClient;
  readonly endpoint: string;
  readonly directory: string;
  /** The events delivered to queues and topics. */
  readonly deliveries: { readonly target: DeliveryTarget; readonly payload: string }[];
  /** IAM actions and resources in the order of calls. */
  readonly authorized: string[];
  /** Deploys a function from source text: `index.mjs`, unless `files` says otherwise. */
  deploy(
    source: string,
    config?: Partial<FunctionConfig> & { files?: Readonly<Record<string, string>> },
  ): Promise<string>;
  /** Bundles source text that imports npm packages, as users do. */
  bundle(source: string): Promise<string>;
  /** Collects the events of one kind. */
  record<Name extends keyof LambdaEvents>(name: Name): LambdaEvents[Name][];
  close(): Promise<void>;
}

export async function openTestbed(
  options: Partial<LambdaOptions> = {},
  authorize: (action: string, resource: string) => void = () => {},
): Promise<Testbed> {
  const directory = await mkdtemp(join(tmpdir(), "longhaul-lambda-"));
  const deliveries: Testbed["deliveries"] = [];
  const authorized: string[] = [];
  let endpoint = "";
  let functions = 0;
  const lambda = createLambda({
    directory: join(directory, "lambda"),
    now: Date.now,
    randomUUID,
    region: REGION,
    accountId: ACCOUNT,
    endpointUrl: () => endpoint,
    deliver: async (target, payload) => void deliveries.push({ target, payload }),
    credentialsFor: () => ({ accessKeyId: "ASIAROLE", secretAccessKey: "secret", sessionToken: "token" }),
    // AWS's own runtime client can be put in place of ours: the path of aws-lambda-ric's index.mjs.
    ...(process.env.LONGHAUL_RUNTIME_CLIENT ? { runtimeClientPath: process.env.LONGHAUL_RUNTIME_CLIENT } : {}),
    ...options,
  });
  const server = createServer((request, response) => {
    const trace = request.headers["x-amzn-trace-id"];
    void lambda.handle({
      request,
      response,
      principal: { accessKeyId: "test" },
      region: REGION,
      accountId: ACCOUNT,
      requestId: randomUUID(),
      traceHeader: typeof trace === "string" ? trace : undefined,
      authorize(action, resource) {
        authorized.push(`${action} ${resource}`);
        authorize(action, resource);
      },
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = new LambdaClient({
    endpoint,
    region: REGION,
    maxAttempts: 1,
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });
  return {
    lambda,
    client,
    endpoint,
    directory,
    deliveries,
    authorized,
    async deploy(source, { files, ...config } = {}) {
      functions += 1;
      const name = config.name ?? `function-${functions}`;
      const codeDirectory = join(directory, "source", name);
      for (const [file, text] of Object.entries(files ?? { "index.mjs": source })) {
        await mkdir(join(codeDirectory, file, ".."), { recursive: true });
        await writeFile(join(codeDirectory, file), text);
      }
      await lambda.createFunction({ name, codeDirectory, runtime: "nodejs24.x", roleArn: ROLE, ...config });
      return name;
    },
    async bundle(source) {
      const result = await build({
        stdin: { contents: source, resolveDir: import.meta.dirname, loader: "js" },
        bundle: true,
        write: false,
        minify: true,
        platform: "node",
        target: "node22",
        format: "esm",
        banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
        conditions: ["longhaul-source"],
      });
      return result.outputFiles[0]?.text ?? "";
    },
    record(name) {
      const events: LambdaEvents[typeof name][] = [];
      lambda.on(name, (event) => events.push(event));
      return events;
    },
    async close() {
      await lambda.stop();
      client.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** The JSON a call of Invoke answered with. */
export function json(payload: Uint8Array | undefined): unknown {
  return JSON.parse(Buffer.from(payload ?? []).toString("utf8")) as unknown;
}
