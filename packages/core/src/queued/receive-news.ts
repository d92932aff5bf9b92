import type { InvocationContext } from "../options.ts";
import { deadLetter, type Inbox, isLastLook, looksAt, tryToHide } from "./inbox.ts";
import { MessageError } from "./message-error.ts";
import { newsIn } from "./message-news.ts";
import { hideSeconds, type RunVerdict, verdictOf, verdictOfResult } from "./run-verdict.ts";
import { beginningEvent, type QueueMessage, runOf, type UploadEvent } from "./upload-run.ts";

/** The number of files that this invocation may still begin with. */
export interface Capacity {
  files: number;
}

/**
 * Receives news of uploads. Each file gets a run of its own, whose first hop runs here. The message is over when the runs of
 * all its files are. Faults in it are reported then, and do not hold up the files.
 *
 * @throws MessageError if it names no file, but something odd.
 */
export async function receiveNews(
  inbox: Inbox,
  message: QueueMessage,
  context: InvocationContext,
  capacity: Capacity,
): Promise<"kept" | "over"> {
  const { files, odd, tests } = newsIn(message.body);
  const { messageId } = message;
  for (const bucket of tests) inbox.log({ level: "INFO", message: "s3:TestEvent ignored", messageId, bucket });
  const [fault] = odd;
  if (files.length === 0) {
    if (fault === undefined) return "over";
    throw new MessageError(fault.fault, odd.map(({ message }) => message).join(" | "));
  }
  const isAlone = files.length + odd.length + tests.length === 1;
  const runs = new Map(files.map((file) => [runOf(file, message.messageId), file]));
  const answers = await Promise.allSettled(
    [...runs].map(([run, file]) =>
      begin(inbox, run, beginningEvent(message, file, isAlone), context, capacity.files-- > 0),
    ),
  );
  const verdicts = answers.map((answer) => {
    if (answer.status === "rejected") throw answer.reason;
    return answer.value;
  });
  if (verdicts.some(isUnderWay)) return keep(inbox, message, [...runs.keys()], verdicts);
  const dead = [...verdicts.filter((verdict) => verdict.kind === "dead"), ...odd];
  const [first] = dead;
  if (first === undefined) return "over";
  return deadLetter(inbox, message, { code: first.code, message: dead.map(({ message }) => message).join(" | ") });
}

/** Begins a run, or reads how it continues. Its record decides, so repeated calls begin one run. */
async function begin(
  { store, work, driver }: Inbox,
  run: string,
  event: UploadEvent,
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
  inbox: Inbox,
  message: QueueMessage,
  runs: readonly string[],
  verdicts: readonly RunVerdict[],
): Promise<"kept" | "over"> {
  const looks = looksAt(message);
  if (isLastLook(inbox, message)) {
    const text = `The run is not over after ${looks} looks at it: ${runs.join(", ")}.`;
    return deadLetter(inbox, message, { code: "RUN_TOO_LONG", message: text });
  }
  // The end of the run makes the message visible, by the receipt in the run's event; another receive would invalidate it.
  const isToldOfEnd = looks === 1 && verdicts.length === 1 && verdicts[0]?.kind === "continued";
  await tryToHide(inbox, message, isToldOfEnd ? inbox.lastLookSeconds : hideSeconds(looks, inbox));
  return "kept";
}
