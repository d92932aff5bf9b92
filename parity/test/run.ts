import type { RunStore } from "@longhaul/core";
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

/** The result of one hop. */
export interface HopResult {
  readonly answer: Answer;
  /** Events it handed off, as they arrived. */
  readonly handOffs: readonly Readonly<Record<string, unknown>>[];
  readonly reports: readonly string[];
}

/** Containers of one handler. */
export interface Containers {
  /** The language's container; a new one each time if they are to be cold. */
  get(language: Language): Promise<Container>;
  close(): Promise<void>;
}

/**
 * Containers on a stage, started as they are asked for. TypeScript keeps its runs in `store`, if there is one, and has the
 * handler that `make` makes instead of the one of that name.
 */
export function containersOn(
  stage: Stage,
  handler: string,
  python: Python | undefined,
  isWarm: boolean,
  store?: RunStore,
  make: Parameters<typeof startTypeScript>[0] = handler === "bucket_walk" ? bucketWalk : queuedFile,
): Containers {
  const started = new Map<Language, Promise<Container>>();
  const all: Promise<Container>[] = [];
  async function start(language: Language): Promise<Container> {
    const directory = await stage.newDirectory();
    if (language === "TypeScript") {
      return startTypeScript(make, stage.aws, stage.reportQueueUrl, directory, store);
    }
    if (!python) throw new Error("This run needs Python.");
    return startPython(python, handler, { ...stage.aws.env(), REPORT_QUEUE_URL: stage.reportQueueUrl }, directory);
  }
  return {
    get(language) {
      const known = isWarm ? started.get(language) : undefined;
      if (known) return known;
      const container = start(language);
      started.set(language, container);
      all.push(container);
      return container;
    },
    async close() {
      for (const container of await Promise.all(all)) await container.close();
    },
  };
}

/** Drives a run hop by hop: each hop is given what the one before handed off, in the language that `languageOf` names. */
export async function drive(
  stage: Stage,
  containers: Containers,
  { event: first, hops }: RunVector,
  languageOf: (hop: number) => Language,
): Promise<readonly HopResult[]> {
  const results: HopResult[] = [];
  let event: Readonly<Record<string, unknown>> | undefined = first;
  for (const [hop, { lastReport }] of hops.entries()) {
    if (event === undefined) break;
    const container = await containers.get(languageOf(hop));
    const call = { event, functionArn: stage.functionArn, lastReport, lastStepMs: 10 ** (hop + 1) };
    const answer = await container.invoke(call);
    const handOffs = await stage.handOffs();
    results.push({ answer, handOffs, reports: await stage.reports() });
    event = handOffs[0];
  }
  return results;
}
