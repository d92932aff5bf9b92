import type { FleetLimits } from "../fleet/resize.ts";
import { ConfigFault } from "./config-fault.ts";

/** How a message comes to its processor: a function of this bundle, or another Lambda function. */
export type Dispatch =
  | { readonly dispatch: "inline"; readonly processor: string }
  | { readonly dispatch: "invoke"; readonly functionArn: string };

/** What is set of one queue. */
export type QueueSettings = Dispatch &
  FleetLimits & {
    readonly queueUrl: string;
    /** Most messages of one poll, 1 to 10. */
    readonly batchSize: number;
    /** How long a message stays hidden, in seconds; extended while it is worked on. */
    readonly visibilitySeconds: number;
  };

const NAMES = new Set([
  "queueUrl",
  "dispatch",
  "processor",
  "functionArn",
  "minLoops",
  "maxLoops",
  "growBy",
  "cooldownSeconds",
  "batchSize",
  "visibilitySeconds",
]);

/**
 * Reads which queue has which processor, from JSON: a list with one object for each queue.
 *
 * @param processors - names of the functions in the bundle
 * @throws {@link ConfigFault} with the path of the fault.
 */
export function queueSettingsFrom(json: string, processors: readonly string[]): readonly QueueSettings[] {
  let list: unknown;
  try {
    list = JSON.parse(json);
  } catch {
    throw new ConfigFault("queues", "is not JSON.");
  }
  if (!Array.isArray(list) || list.length === 0)
    throw new ConfigFault("queues", "must be a list with a queue or more.");
  const queues = list.map((entry: unknown, at) => oneQueue(entry, `queues[${at}]`, processors));
  const urls = new Map<string, number>();
  for (const [at, { queueUrl }] of queues.entries()) {
    const first = urls.get(queueUrl);
    if (first !== undefined) throw new ConfigFault(`queues[${at}].queueUrl`, `is that of queues[${first}] too.`);
    urls.set(queueUrl, at);
  }
  return queues;
}

function oneQueue(entry: unknown, path: string, processors: readonly string[]): QueueSettings {
  if (typeof entry !== "object" || entry === null || Array.isArray(entry)) {
    throw new ConfigFault(path, "must be an object.");
  }
  const fields = new Map(Object.entries(entry));
  for (const name of fields.keys()) {
    if (!NAMES.has(name))
      throw new ConfigFault(`${path}.${name}`, `is not known. There are: ${[...NAMES].join(", ")}.`);
  }
  const number = (name: string, fallback: number, least: number, most: number) => {
    const value = fields.get(name) ?? fallback;
    if (Number.isSafeInteger(value) && value >= least && value <= most) return Number(value);
    throw new ConfigFault(`${path}.${name}`, `must be a whole number from ${least} to ${most}, not ${shown(value)}.`);
  };
  const minLoops = number("minLoops", 1, 1, 1_000);
  return {
    queueUrl: queueUrlOf(fields.get("queueUrl"), `${path}.queueUrl`),
    ...dispatchOf(fields, path, processors),
    minLoops,
    maxLoops: number("maxLoops", Math.max(10, minLoops), minLoops, 1_000),
    growBy: number("growBy", 1, 1, 1_000),
    cooldownMs: 1_000 * number("cooldownSeconds", 60, 0, 86_400),
    batchSize: number("batchSize", 10, 1, 10),
    visibilitySeconds: number("visibilitySeconds", 60, 2, 43_200),
  };
}

function queueUrlOf(value: unknown, path: string): string {
  if (typeof value !== "string" || !/^https?:\/\/[^/]+\/\d{12}\/[\w-]{1,80}(\.fifo)?$/.test(value)) {
    throw new ConfigFault(path, `must be the URL of a queue, not ${shown(value)}.`);
  }
  // Messages of one poll are worked on side by side, and one that failed comes back behind those after it.
  if (value.endsWith(".fifo")) throw new ConfigFault(path, "is a FIFO queue, whose order loops would not keep.");
  return value;
}

function dispatchOf(fields: ReadonlyMap<string, unknown>, path: string, processors: readonly string[]): Dispatch {
  const dispatch = fields.get("dispatch") ?? "inline";
  if (dispatch === "inline") {
    if (fields.has("functionArn")) throw new ConfigFault(`${path}.functionArn`, `is for dispatch "invoke" only.`);
    const processor = processors.find((name) => name === fields.get("processor"));
    if (processor !== undefined) return { dispatch, processor };
    const known = processors.join(", ");
    throw new ConfigFault(`${path}.processor`, `must be one of ${known}, not ${shown(fields.get("processor"))}.`);
  }
  if (dispatch !== "invoke") {
    throw new ConfigFault(`${path}.dispatch`, `must be "inline" or "invoke", not ${shown(dispatch)}.`);
  }
  if (fields.has("processor")) throw new ConfigFault(`${path}.processor`, `is for dispatch "inline" only.`);
  const functionArn = fields.get("functionArn");
  if (
    typeof functionArn === "string" &&
    /^arn:[\w-]+:lambda:[\w-]+:\d{12}:function:[\w-]+(:[\w$-]+)?$/.test(functionArn)
  ) {
    return { dispatch, functionArn };
  }
  throw new ConfigFault(`${path}.functionArn`, `must be the ARN of a Lambda function, not ${shown(functionArn)}.`);
}

function shown(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value).slice(0, 100);
}
