import { LocalAwsError } from "../gateway/local-aws-error.ts";

/** The payload of a target: a constant text, a part of the event, or a text made of parts. At most one of them is set. */
export interface TargetInput {
  /** Constant text sent in place of the event. */
  readonly input?: string;
  /** The part that is sent: `$.detail`. */
  readonly inputPath?: string;
  readonly inputTransformer?: InputTransformer;
}

/** A text with variables. */
export interface InputTransformer {
  /** Parts of the event by the name of a variable. */
  readonly paths: Readonly<Record<string, string>>;
  /** A JSON value, or texts in quotes, with `<variable>` where parts go. */
  readonly template: string;
}

/** The facts beside the event that a template may name. */
export interface EventFacts {
  readonly ruleArn: string;
  /** When the event came to the bus. */
  readonly ingestedAtMs: number;
}

/** An input is none, or has no meaning for an event. */
export class TargetInputError extends LocalAwsError {
  constructor(message: string) {
    super("TargetInput", message);
  }
}

/** Makes the payload of a target from an event. */
export type MakePayload = (event: string, facts: EventFacts) => string;

/**
 * Prepares the input of a target.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
 *
 * @param targetId - the target, as messages name it.
 * @throws {@link TargetInputError} in AWS's words, if it is not valid.
 */
export function compileTargetInput(target: TargetInput, targetId: string): MakePayload {
  const { input, inputPath, inputTransformer } = target;
  if ([input, inputPath, inputTransformer].filter((each) => each !== undefined).length > 1) {
    throw new TargetInputError(
      `Only one of Input, InputPath, or InputTransformer must be provided for target ${targetId}.`,
    );
  }
  if (input !== undefined) return () => input;
  if (inputPath !== undefined) {
    const steps = stepsOf(inputPath, targetId);
    return (event) => {
      const part = partAt(JSON.parse(event), steps);
      if (part === undefined) throw new TargetInputError(`The event has nothing at ${inputPath}.`);
      return JSON.stringify(part);
    };
  }
  return inputTransformer ? compileTransformer(inputTransformer, targetId) : (event) => event;
}

const PREDEFINED = [
  "aws.events.rule-arn",
  "aws.events.rule-name",
  "aws.events.event.ingestion-time",
  "aws.events.event",
  "aws.events.event.json",
] as const;

const VARIABLE = /<([^<>\s]+)>/g;

function compileTransformer({ paths, template }: InputTransformer, targetId: string): MakePayload {
  const steps = new Map(Object.entries(paths).map(([name, path]) => [name, stepsOf(path, targetId)]));
  const known = new Set<string>([...steps.keys(), ...PREDEFINED]);
  for (const [, name = ""] of template.matchAll(VARIABLE)) {
    if (!known.has(name)) {
      throw new TargetInputError(`InputTemplate for target ${targetId} contains invalid placeholder ${name}.`);
    }
  }
  const isText = template.trimStart().startsWith('"');
  return (event, facts) => {
    const parsed: Event = JSON.parse(event);
    const valueAt = (name: string) => {
      const own = steps.get(name);
      return own ? partAt(parsed, own) : predefined(name, parsed, facts);
    };
    const made = isText ? fillText(template, valueAt) : fillJson(template, valueAt);
    if (!isText) checkJson(made);
    return made;
  };
}

type Event = Readonly<Record<string, unknown>>;

function predefined(name: string, event: Event, { ruleArn, ingestedAtMs }: EventFacts): unknown {
  const ingestedAt = `${new Date(ingestedAtMs).toISOString().slice(0, 19)}Z`;
  if (name === "aws.events.rule-arn") return ruleArn;
  if (name === "aws.events.rule-name") return ruleArn.split("/").at(-1);
  if (name === "aws.events.event.ingestion-time") return ingestedAt;
  if (name === "aws.events.event.json") return event;
  // Without its detail, and with a name that suits a variable.
  const { detail: _, "detail-type": detailType, ...rest } = event;
  return { ...rest, detailType, time: ingestedAt };
}

type ValueOf = (name: string) => unknown;

/** In a text, what is no text is JSON without its quotes; what is missing is nothing. */
function fillText(template: string, valueAt: ValueOf): string {
  return template.replace(VARIABLE, (_, name: string) => {
    const value = valueAt(name) ?? "";
    return typeof value === "string" ? value : JSON.stringify(value).replaceAll('"', "");
  });
}

/** Between quotes a text is put in as it is; elsewhere every value is JSON. */
function fillJson(template: string, valueAt: ValueOf): string {
  let isQuoted = false;
  return template.replace(/\\.|"|<([^<>\s]+)>/g, (found, name: string | undefined) => {
    if (name === undefined) {
      if (found === '"') isQuoted = !isQuoted;
      return found;
    }
    const value = valueAt(name) ?? "";
    const json = JSON.stringify(value);
    return isQuoted && typeof value === "string" ? json.slice(1, -1) : json;
  });
}

function checkJson(made: string): void {
  try {
    JSON.parse(made);
  } catch {
    throw new TargetInputError(`The input template makes no JSON of this event: ${made.slice(0, 200)}`);
  }
}

const STEP = /\.([^.[\]]+)|\[(\d+)\]/y;

/** The steps of a path such as `$.detail.items[0]`. */
function stepsOf(path: string, targetId: string): readonly (string | number)[] {
  const steps: (string | number)[] = [];
  STEP.lastIndex = 1;
  while (path.startsWith("$") && STEP.lastIndex < path.length) {
    const at = STEP.lastIndex;
    const found = STEP.exec(path);
    if (!found) {
      STEP.lastIndex = at;
      break;
    }
    steps.push(found[1] ?? Number(found[2]));
  }
  if (path !== "$" && (steps.length === 0 || STEP.lastIndex !== path.length)) {
    throw new TargetInputError(
      `The path ${path.slice(0, 100)} of target ${targetId} is not served: the embedded AWS follows names and numbers, as in $.detail.items[0].`,
    );
  }
  return steps;
}

function partAt(event: unknown, steps: readonly (string | number)[]): unknown {
  let at: unknown = event;
  for (const step of steps) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, step)) return undefined;
    at = (at as Record<string | number, unknown>)[step];
  }
  return at;
}
