import { bucketWalk } from "../src/bucket-walk.ts";
import { queuedFile } from "../src/queued-file.ts";
import type { Answer, Container } from "./container.ts";
import type { Python } from "./python.ts";
import { startPython } from "./python-container.ts";
import type { Stage } from "./stage.ts";
import { startTypeScript } from "./typescript-container.ts";
import type { RunVector } from "./vectors.ts";

/** The languages that handlers are written in. */
export type Language = "Python" | "TypeScript";

/** What came of one hop. */
export interface HopResult {
  readonly answer: Answer;
  /** Events it handed off, as they arrived. */
  readonly handOffs: readonly Readonly<Record<string, unknown>>[];
  readonly reports: readonly string[];
}

/** Starts a warm container of a language. */
export type StartContainer = (language: Language) => Promise<Container>;

/** Containers of both languages for one handler, on one stage. */
export function containersOn(stage: Stage, handler: string, python: Python | undefined): StartContainer {
  return async (language) => {
    const directory = await stage.newDirectory();
    if (language === "TypeScript") {
      const make = handler === "bucket_walk" ? bucketWalk : queuedFile;
      return startTypeScript(make, stage.aws, stage.reportQueueUrl, directory);
    }
    if (!python) throw new Error("This run needs Python.");
    return startPython(python, handler, { ...stage.aws.env(), REPORT_QUEUE_URL: stage.reportQueueUrl }, directory);
  };
}

/**
 * Drives a run hop by hop: each hop is given what the one before handed off, in the language that `languageOf` names.
 * `isWarm`: a language's hops share one container.
 */
export async function drive(
  stage: Stage,
  start: StartContainer,
  { event: first, hops }: RunVector,
  languageOf: (hop: number) => Language,
  isWarm = true,
): Promise<readonly HopResult[]> {
  const results: HopResult[] = [];
  const warm = new Map<Language, Container>();
  let event: Readonly<Record<string, unknown>> | undefined = first;
  try {
    for (const [hop, { lastReport }] of hops.entries()) {
      if (event === undefined) break;
      const language = languageOf(hop);
      const container = warm.get(language) ?? (await start(language));
      warm.set(language, container);
      const answer = await container.invoke({
        event,
        functionArn: stage.functionArn,
        lastReport,
        lastStepMs: 10 ** (hop + 1),
      });
      const handOffs = await stage.handOffs();
      results.push({ answer, handOffs, reports: await stage.reports() });
      event = handOffs[0];
      if (!isWarm) {
        warm.delete(language);
        await container.close();
      }
    }
  } finally {
    for (const container of warm.values()) await container.close();
  }
  return results;
}
