import { commandLine } from "../../scripts/command-line.ts";
import type { ExhaustiveCheck } from "./exhaustive-check.ts";
import type { Search } from "./search-all.ts";

/** Options of the command. */
export interface Options {
  readonly searches: readonly Search[];
  readonly states: number;
  readonly seconds: number;
  /** Where the trace is drawn. */
  readonly html: string | undefined;
  readonly isJson: boolean;
}

/** Reads the command line; answers with a sentence if it asks for what there is not. */
export function optionsFrom(checks: readonly ExhaustiveCheck[]): Options | string {
  const { values } = commandLine(usageOf(checks), {
    options: {
      of: { type: "string" },
      bounds: { type: "string", default: "" },
      states: { type: "string", default: "Infinity" },
      seconds: { type: "string", default: "120" },
      bug: { type: "string" },
      html: { type: "string" },
      json: { type: "boolean", default: false },
    },
  });
  const { of, bug, html, json: isJson } = values;
  const [states, seconds] = [Number(values.states), Number(values.seconds)];
  if (!(states > 0)) return `--states must be a number above 0, not ${values.states}.`;
  if (!(seconds > 0)) return `--seconds must be a number above 0, not ${values.seconds}.`;
  const chosen = checks.filter(({ name }) => of === undefined || name === of);
  if (chosen.length === 0) return `--of takes ${checks.map(({ name }) => name).join(", ")}, not ${of}.`;
  const searches = searchesOf(chosen, bug, values.bounds);
  if (searches.length > 0) return { searches, states, seconds, html, isJson };
  return bug === undefined
    ? `No bounds of that name: ${values.bounds}. Those there are: npm run verify -- --states 1`
    : `No deliberate bug of that name: ${bug}.`;
}

function searchesOf(checks: readonly ExhaustiveCheck[], bug: string | undefined, name: string): Search[] {
  return checks.flatMap((check) => {
    const within = check.bugs.find((each) => each.name === bug)?.within;
    return check.bounds
      .filter((bounds) => (bug === undefined ? bounds.size !== "small" : bounds.name === within))
      .filter((bounds) => bounds.name.includes(name))
      .map((bounds) => ({ check, bounds, bug }));
  });
}

function usageOf(checks: readonly ExhaustiveCheck[]): string {
  const bugs = checks.map(({ name, bugs: list }) => `  ${name}\n${list.map((bug) => `    "${bug.name}"`).join("\n")}`);
  return `Visits every state of the lease, of walks and of fleets within bounds, over the shipped functions.

  npm run verify -- [--of NAME] [--bounds TEXT] [--states N] [--seconds N] [--bug NAME] [--html FILE] [--json]

  --of       only ${checks.map(({ name, invariants }) => `${name} (${invariants[0]} to ${invariants.at(-1)})`).join(", ")}
  --bounds   only bounds whose name contains a text
  --states   most states in all (default: as many as the time allows)
  --seconds  most seconds (default 120); bounds that were not visited whole are named
  --bug      makes a deliberate bug, which is found within small bounds
  --html     draws the trace of a fallen invariant of the lease as a page with a timeline
  --json     one JSON object with the figures, and the trace if an invariant fell

It ends with 0 if no invariant fell, with 1 and a shortest trace if one did, and with 2 if it is asked for what it
has not. The invariants: docs/lease-protocol.md#the-exhaustive-check

The deliberate bugs:
${bugs.join("\n")}

  npm run verify -- --of walks
  npm run verify -- --bug "a run that is done can be resumed" --html trace.html`;
}
