import { cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { type LocalAws, outsideCredentials, startLocalAws } from "@longhaul/local";
import { byPolicies } from "@longhaul/local/testing";
import { build } from "esbuild";

/** A language of a function. */
export type Language = "Python" | "TypeScript";

/** One invocation of a relay. */
export interface RelayHop {
  readonly language: Language;
  /** The answer of the function, or its error. */
  readonly answer: { readonly status?: string; readonly result?: unknown };
  readonly error: string | undefined;
}

/** A relay that is over. */
export interface Relay {
  readonly hops: readonly RelayHop[];
  /** Keys in the order in which they were reported. */
  readonly reported: readonly string[];
}

/** The keys that a relay walks, and who is told of its hops. */
export interface RelayOptions {
  readonly keys: readonly string[];
  readonly first: Language;
  /** Kills the function of this hop, counted from 0, while it works; Lambda tries its event again. Default: none. */
  readonly killedHop?: number | undefined;
  readonly onHop?: ((hop: RelayHop) => void) | undefined;
}

const PAGE_KEYS = 5;
/** Above the reserve of 10 s, so each hop takes a few pages. */
const HOP_SECONDS = 10.4;

/**
 * Deploys the walk as two functions, one in each language, and lets one walk go from hop to hop between them, to its end.
 * Their roles may do what the template says, and nothing else.
 */
export async function runRelay({ keys, first, killedHop, onHop }: RelayOptions): Promise<Relay> {
  const folder = await mkdtemp(join(tmpdir(), "longhaul-relay-"));
  const aws: LocalAws = await startLocalAws({
    authorize: byPolicies(() => aws),
    lambda: { timeScale: 1 / 600 },
    s3: { slow: { beforeListMs: 30 } },
  });
  try {
    await cp(join(import.meta.dirname, "template.yaml"), join(folder, "template.yaml"));
    await cp(join(import.meta.dirname, "../python"), join(folder, "python"), { recursive: true });
    await mkdir(join(folder, "typescript"));
    await build({
      entryPoints: [join(import.meta.dirname, "../src/relay.ts")],
      outfile: join(folder, "typescript/relay.js"),
      ...{ bundle: true, platform: "node", target: "node24", format: "cjs", logLevel: "silent" },
      conditions: ["longhaul-source"],
    });
    const { outputs } = await aws.deploy(join(folder, "template.yaml"), {
      functionOverrides: { "*": { timeoutSeconds: HOP_SECONDS } },
    });
    const place = { endpoint: aws.url, region: aws.region, credentials: outsideCredentials };
    const s3 = new S3Client({ ...place, forcePathStyle: true });
    for (const Key of keys) await s3.send(new PutObjectCommand({ Bucket: outputs.Bucket, Key, Body: Key }));
    const hops = collectHops(aws, { killedHop, onHop });
    const event = { bucket: outputs.Bucket, pageSize: PAGE_KEYS };
    await new LambdaClient(place).send(
      new InvokeCommand({
        FunctionName: outputs[`In${first}`],
        InvocationType: "Event",
        Payload: JSON.stringify(event),
      }),
    );
    await aws.lambda.idle();
    return { hops, reported: await reports(new SQSClient(place), outputs.Report ?? "") };
  } finally {
    await aws.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

function collectHops(
  aws: LocalAws,
  { killedHop, onHop }: Pick<RelayOptions, "killedHop" | "onHop">,
): readonly RelayHop[] {
  const hops: RelayHop[] = [];
  const pids = new Map<string, number>();
  aws.lambda.on("sandbox.start", ({ sandboxId, pid }) => pids.set(sandboxId, pid));
  aws.lambda.on("invoke.start", ({ sandboxId }) => {
    const pid = pids.get(sandboxId);
    if (hops.length === killedHop && pid !== undefined) setTimeout(() => process.kill(pid, "SIGKILL"), 100);
  });
  aws.lambda.on("invoke.end", ({ functionName, answer, error }) => {
    const hop: RelayHop = {
      language: functionName.endsWith("python") ? "Python" : "TypeScript",
      answer: answer === undefined ? {} : (JSON.parse(answer) as RelayHop["answer"]),
      error,
    };
    hops.push(hop);
    onHop?.(hop);
  });
  return hops;
}

async function reports(sqs: SQSClient, QueueUrl: string): Promise<readonly string[]> {
  const keys: string[] = [];
  for (;;) {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    if (Messages.length === 0) return keys;
    for (const { Body = "[]", ReceiptHandle } of Messages) {
      keys.push(...(JSON.parse(Body) as readonly string[]));
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    }
  }
}
