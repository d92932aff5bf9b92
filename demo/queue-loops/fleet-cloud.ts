import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type LocalAws, startLocalAws } from "../../packages/local/src/local-aws.ts";
import { stopOnSignals } from "../../packages/local/src/stop-on-signals.ts";
import { synthesize } from "../../packages/local/src/testing.ts";

/** A minute of alarms and schedules passes in two seconds. */
const SCHEDULE_SCALE = 30;
const HEARTBEAT_MS = 600;
export const THRESHOLDS = [40, 120, 240];

/** A line of JSON that a function logged. */
export type LoggedLine = Readonly<Record<string, unknown>>;

/** Queue-loops on an embedded AWS, as the demo looks at it. */
export interface FleetCloud {
  readonly aws: LocalAws;
  /** Told of each line that is JSON. */
  onLine: (line: LoggedLine) => void;
  start(): Promise<void>;
  /** Puts messages into the queue; answers with their ids. */
  send(bodies: readonly object[]): string[];
  depth(): number;
  deadLetters(): number;
  tokens(): Promise<readonly { readonly token: string; readonly loopId: string; readonly isAlive: boolean }[]>;
  /** Kills the process that runs a loop; answers whether one did. */
  kill(loopId: string): boolean;
  stop(): Promise<void>;
}

/** Synthesizes the app's own stack, deploys it, and makes minutes seconds. */
export async function startFleetCloud(): Promise<FleetCloud> {
  const directory = await mkdtemp(join(tmpdir(), "longhaul-demo-"));
  const [aws] = await Promise.all([
    startLocalAws({ scheduleScale: SCHEDULE_SCALE, lambda: { timeScale: 1 / 60 }, onProblem: () => {} }),
    synthesize({
      directory: fileURLToPath(new URL("../../packages/queue-loops/", import.meta.url)),
      program: ["--conditions=longhaul-source", "infra/app.ts"],
      outdir: directory,
      context: { alarmsAt: THRESHOLDS, timeoutSeconds: 4, visibilitySeconds: 2, cooldownSeconds: 1 },
    }),
  ]);
  stopOnSignals(aws);
  const environment = {
    WAIT_SECONDS: "1",
    HEARTBEAT_MS: String(HEARTBEAT_MS),
    IDLE_AFTER_MS: "20000",
  };
  const { outputs } = await aws.deploy(directory, { functionOverrides: { "*": { environment } } });
  await rm(directory, { recursive: true, force: true });
  const queueOf = (output: string) => {
    const url = outputs[output] ?? "";
    return aws.sqs.queues.get(url.slice(url.lastIndexOf("/") + 1));
  };
  const queue = queueOf("MessagesQueueUrl");
  const dead = queueOf("MessagesDeadLettersUrl");

  const pids = new Map<string, number>();
  const running = new Map<string, string>();
  const requests = new Map<string, string>();
  aws.lambda.on("sandbox.start", ({ sandboxId, pid }) => void pids.set(sandboxId, pid));
  aws.lambda.on("invoke.start", ({ requestId, sandboxId }) => void running.set(requestId, sandboxId));
  aws.lambda.on("invoke.end", ({ requestId }) => void running.delete(requestId));
  const cloud: FleetCloud = {
    aws,
    onLine: () => {},
    async start() {
      const functionName = outputs.StartFunctionName ?? "";
      const { functionError, payload } = await aws.lambda.invoke({ functionName, payload: "{}" });
      if (functionError) throw new Error(`start failed: ${payload}`);
    },
    send: (bodies) =>
      bodies.map((body) => {
        const message = { body: JSON.stringify(body), attributes: {}, senderId: "demo" };
        return aws.sqs.queues.send(queue, message).id;
      }),
    depth() {
      const { visible, inFlight, delayed } = queue.messages.counts(Date.now());
      return visible + inFlight + delayed;
    },
    deadLetters: () => dead.messages.counts(Date.now()).visible,
    async tokens() {
      const { Items } = await aws.dynamodb.call("Scan", { TableName: outputs.TokenTableName, ConsistentRead: true });
      const items = Array.isArray(Items) ? (Items as Record<string, { S?: string; N?: string }>[]) : [];
      return items
        .filter(({ state }) => state?.S === "running")
        .map(({ token, loop_id, last_used }) => ({
          token: token?.S ?? "",
          loopId: loop_id?.S ?? "",
          isAlive: Number(last_used?.N ?? 0) > Date.now() - 3 * HEARTBEAT_MS,
        }));
    },
    kill(loopId) {
      const pid = pids.get(running.get(requests.get(loopId) ?? "") ?? "");
      if (pid === undefined) return false;
      process.kill(pid, "SIGKILL");
      return true;
    },
    stop: () => aws.stop(),
  };
  aws.lambda.on("log", ({ message, requestId }) => {
    const line = parsed(message);
    if (!line) return;
    const { longhaul } = line as { longhaul?: { type?: string; run?: string } };
    if (longhaul?.type === "hop.start" && requestId) requests.set(longhaul.run?.split("#").at(-1) ?? "", requestId);
    cloud.onLine(line);
  });
  return cloud;
}

function parsed(text: string): LoggedLine | undefined {
  if (!text.startsWith("{")) return undefined;
  try {
    return JSON.parse(text) as LoggedLine;
  } catch {
    return undefined;
  }
}
