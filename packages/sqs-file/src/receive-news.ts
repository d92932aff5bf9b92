import type { InvocationContext } from "@longhaul/core";
import { parseEnvelope } from "./envelope.ts";
import { beginningEvent, type FileEvent, type QueueMessage, runOf } from "./file-run.ts";
import { hideSeconds, type RunVerdict, verdictOf, verdictOfResult } from "./message-verdict.ts";
import { bury, isLastLook, looksAt, type Reception, tryToHide } from "./reception.ts";

/** How many more files this invocation may begin with. */
export interface Room {
  files: number;
}

/**
 * Receives news of uploads. Each file gets a run of its own, whose first hop runs here. The news is over when the runs of
 * all its files are.
 */
export async function receiveNews(
  reception: Reception,
  message: QueueMessage,
  context: InvocationContext,
  room: Room,
): Promise<"kept" | "over"> {
  const envelope = parseEnvelope(message.body);
  if (envelope.kind === "test") {
    const { messageId } = message;
    reception.log({ level: "INFO", message: "s3:TestEvent ignored", messageId, bucket: envelope.bucket });
    return "over";
  }
  const { files } = envelope;
  const runs = new Map(files.map((file) => [runOf(file, message.messageId), file]));
  const answers = await Promise.allSettled(
    [...runs].map(([run, file]) =>
      begin(reception, run, beginningEvent(message, file, files.length === 1), context, room.files-- > 0),
    ),
  );
  const verdicts = answers.map((answer) => {
    if (answer.status === "rejected") throw answer.reason;
    return answer.value;
  });
  if (verdicts.some(isUnderWay)) return keep(reception, message, [...runs.keys()], verdicts);
  const dead = verdicts.filter((verdict) => verdict.kind === "dead");
  const [first] = dead;
  if (first === undefined) return "over";
  return bury(reception, message, { code: first.code, message: dead.map(({ message }) => message).join(" | ") });
}

/** Begins a run, or finds out how it goes on: its record decides, so that one run is begun however often this is asked. */
async function begin(
  { store, work, driver }: Reception,
  run: string,
  event: FileEvent,
  context: InvocationContext,
  isHere: boolean,
): Promise<RunVerdict> {
  if (isHere) {
    const outcome = await work(event, context);
    if (outcome.status === "continued") return { kind: "continued" };
    if (outcome.status === "done") return verdictOfResult(outcome.result);
  }
  const verdict = verdictOf(await store.get(run));
  if (verdict.kind !== "begin") return verdict;
  const target = context.invokedFunctionArn;
  await driver.send({ run, hop: 0, event: { ...event }, payload: JSON.stringify(event), target });
  return verdict;
}

function isUnderWay({ kind }: RunVerdict): boolean {
  return kind === "begin" || kind === "wait" || kind === "continued";
}

async function keep(
  reception: Reception,
  message: QueueMessage,
  runs: readonly string[],
  verdicts: readonly RunVerdict[],
): Promise<"kept" | "over"> {
  const looks = looksAt(message);
  if (isLastLook(reception, message)) {
    const text = `The run goes on after ${looks} looks at it: ${runs.join(", ")}.`;
    return bury(reception, message, { code: "RUN_TOO_LONG", message: text });
  }
  // The end of the run will bring the message back, by the receipt in the run's event; another look would make that void.
  const isToldOfEnd = looks === 1 && verdicts.length === 1 && verdicts[0]?.kind === "continued";
  await tryToHide(reception, message, isToldOfEnd ? reception.lastLookSeconds : hideSeconds(looks, reception));
  return "kept";
}
