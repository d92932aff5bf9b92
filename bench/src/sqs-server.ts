/**
 * An SQS in a process of its own, until its parent closes the channel: the embedded one, or fauxqs as its README starts it.
 * Told over IPC which, it says where it listens; whatever it is told then, it says what processor time it has used.
 */
import { startLocalAws } from "@longhaul/local";
import { buildApp } from "fauxqs";

/** The SQS that is measured. */
export type SqsServer = "embedded" | "fauxqs";

/** The bench's request to the process. */
export interface SqsServerRequest {
  readonly server: SqsServer;
}

/** The processor time that it has used since it began. */
export interface SqsServerUsage {
  readonly cpuMs: number;
}

/** Where it listens. */
export interface SqsServerReady {
  readonly url: string;
}

async function listen(server: SqsServer): Promise<string> {
  if (server === "embedded") return (await startLocalAws()).url;
  return await buildApp({ logger: false, host: "127.0.0.1" }).listen({ port: 0, host: "127.0.0.1" });
}

process.once("message", async ({ server }: SqsServerRequest) => {
  process.send?.({ url: await listen(server) } satisfies SqsServerReady);
  process.on("message", () => {
    const { user, system } = process.cpuUsage();
    process.send?.({ cpuMs: (user + system) / 1_000 } satisfies SqsServerUsage);
  });
});
process.once("disconnect", () => process.exit(0));
