/**
 * An SQS in a process of its own, until its parent closes the channel: the embedded one, or fauxqs as its README starts
 * it. Says over IPC where it listens.
 *
 * usage: fork of sqs-server.ts embedded|fauxqs
 */
import { startLocalAws } from "@longhaul/local";
import { buildApp } from "fauxqs";

/** Whose SQS is measured. */
export type SqsServer = "embedded" | "fauxqs";

/** Where it listens. */
export interface SqsServerReady {
  readonly url: string;
}

async function listen(server: SqsServer): Promise<string> {
  if (server === "embedded") return (await startLocalAws()).url;
  return await buildApp({ logger: false, host: "127.0.0.1" }).listen({ port: 0, host: "127.0.0.1" });
}

process.on("disconnect", () => process.exit(0));
process.send?.({ url: await listen(process.argv[2] as SqsServer) } satisfies SqsServerReady);
