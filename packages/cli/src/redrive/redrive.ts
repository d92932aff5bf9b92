import type { Message } from "@aws-sdk/client-sqs";
import { type FailedEvent, failedEventOf, type Redriven, type RunClient } from "@longhaul/core/client";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { printable } from "../printable.ts";
import { formatNumber } from "../report/format.ts";
import type { AccessOptions } from "../runs/access-options.ts";
import { type Account, withAccountOf } from "../runs/account.ts";
import { confirm } from "../runs/confirm.ts";
import { runsOf, tableOf } from "../runs/run-access.ts";
import { quoted } from "../runs/run-text.ts";
import { type Screen, screenOn } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";
import { deleteMessage, type FailuresQueue, giveBack, messagesOf, moveBack, openQueue } from "./failures-queue.ts";

/** Options of `longhaul redrive`. */
export interface RedriveOptions extends AccessOptions {
  readonly limit?: number | undefined;
  /** Of a rejects object. */
  readonly source?: string | undefined;
  readonly dryRun?: true | undefined;
  readonly yes?: true | undefined;
  readonly json?: true | undefined;
}

/** The fate of a message, as `--json` prints it. */
interface RedrivenMessage {
  readonly messageId: string;
  /** `waits`: nothing was done. `stays`: nothing could be done. */
  readonly action: Redriven["action"] | "waits" | "stays";
  readonly run?: string | undefined;
  readonly functionArn?: string | undefined;
  /** Why the event failed, or why its message stays. */
  readonly reason?: string | undefined;
}

/** Begins again what the messages of a queue asked for. */
export async function redrive(given: string, options: RedriveOptions): Promise<ExitCode> {
  if (options.source !== undefined) throw new UsageError("--source is for a rejects object: s3://BUCKET/KEY.");
  return withAccountOf(options, async (account) => {
    const queue = await openQueue(account.sqs, given);
    const { dryRun, yes } = options;
    const task = queue.hasSources ? "Move back" : "Begin again";
    const question = `${task} the ${formatNumber(queue.depth)} messages of ${quoted(given)}?`;
    if (!dryRun && !(await confirm(question, yes))) {
      process.stderr.write("Nothing was done.\n");
      return EXIT.runFailed;
    }
    if (queue.hasSources && !dryRun) return move(account, queue, options);
    return each(account, queue, options);
  });
}

async function each(account: Account, queue: FailuresQueue, options: RedriveOptions): Promise<ExitCode> {
  const screen = screenOn(process.stdout);
  const clientOf = clients(account, options);
  const held: Message[] = [];
  let [done, stay] = [0, 0];
  for await (const message of messagesOf(account.sqs, queue, options.limit ?? Number.POSITIVE_INFINITY)) {
    const answer = await redriven(message, clientOf, options);
    if (answer.action === "waits" || answer.action === "stays") held.push(message);
    else await deleteMessage(account.sqs, queue, message);
    if (answer.action === "stays") stay++;
    else done++;
    print(answer, screen, options);
    screen.status(`${formatNumber(done + stay)} of ${formatNumber(queue.depth)}`);
  }
  // Not before: each would be received again.
  for (const message of held) await giveBack(account.sqs, queue, message);
  if (!options.json) {
    screen.status("");
    const rest = stay > 0 ? `, ${formatNumber(stay)} stay` : "";
    screen.line(`${formatNumber(done)} ${options.dryRun ? "wait" : "begun again"}${rest}`);
  }
  return stay > 0 ? EXIT.runFailed : EXIT.ok;
}

type Runs = RunClient<object, unknown>;

/** A message is worked on by the runs of its function's table. */
async function redriven(
  { MessageId: messageId = "", Body = "" }: Message,
  clientOf: (failed: FailedEvent) => Promise<Runs>,
  { dryRun }: RedriveOptions,
): Promise<RedrivenMessage> {
  let failed: FailedEvent | undefined;
  try {
    failed = failedEventOf(Body);
    const { functionArn, reason } = failed;
    const told = {
      messageId,
      ...(functionArn !== undefined && { functionArn }),
      ...(reason !== undefined && { reason }),
    };
    if (dryRun) return { ...told, action: "waits", run: runIn(failed) };
    const { action, run } = await (await clientOf(failed)).redrive(failed);
    return { ...told, action, run: run?.id ?? runIn(failed) };
  } catch (error) {
    const { message } = error as Error;
    return { messageId, action: "stays", functionArn: failed?.functionArn, reason: message };
  }
}

/** The run that an event names. */
function runIn({ event }: FailedEvent): string | undefined {
  const { run } = (event.longhaul ?? {}) as { readonly run?: unknown };
  return typeof run === "string" ? run : undefined;
}

/** Clients by function: each is asked for its table once. */
function clients(account: Account, options: RedriveOptions): (failed: FailedEvent) => Promise<Runs> {
  const known = new Map<string, Promise<Runs>>();
  return ({ functionArn = options.function }) => {
    if (functionArn === undefined)
      throw new UsageError("The message does not name its function. Give --function NAME.");
    const client = known.get(functionArn) ?? open(functionArn);
    known.set(functionArn, client);
    return client;
  };
  async function open(functionArn: string): Promise<Runs> {
    return runsOf(account, await tableOf(account, { table: options.table, function: functionArn }), functionArn);
  }
}

async function move(account: Account, queue: FailuresQueue, { json, limit }: RedriveOptions): Promise<ExitCode> {
  if (limit !== undefined)
    throw new UsageError("--limit does not work here: SQS moves all messages of a dead-letter queue.");
  const screen = screenOn(process.stdout);
  const { moved, failure } = await moveBack(account.sqs, queue, (count) =>
    screen.status(`${formatNumber(count)} moved`),
  );
  screen.status("");
  const { depth: stay } = await openQueue(account.sqs, queue.url);
  if (json) process.stdout.write(`${JSON.stringify({ moved, stay, ...(failure !== undefined && { failure }) })}\n`);
  else {
    const rest = stay > 0 ? `, ${formatNumber(stay)} stay, about` : "";
    screen.line(`${formatNumber(moved)} moved back${rest}${failure === undefined ? "" : `: ${failure}`}`);
  }
  return failure === undefined ? EXIT.ok : EXIT.runFailed;
}

function print(answer: RedrivenMessage, screen: Screen, { json }: RedriveOptions): void {
  if (json) {
    process.stdout.write(`${JSON.stringify(answer)}\n`);
    return;
  }
  const { action, run, functionArn, messageId, reason = "" } = answer;
  const paint = { resumed: screen.paint.green, sent: screen.paint.green, stays: screen.paint.red }[action as "sent"];
  const what = printable(run ?? functionArn ?? messageId);
  screen.line(
    `${(paint ?? screen.paint.dim)(action.padEnd(8))} ${what}  ${screen.paint.dim(printable(reason))}`.trimEnd(),
  );
}
