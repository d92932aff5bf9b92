import { isObject, textIn } from "./untrusted-fields.ts";

/** An outcome in the answer of a recursive handler, which has one for each run that it worked on. */
export interface SaidOutcome {
  readonly run: string;
  readonly hop: number;
  readonly status: string;
  readonly message: string;
}

/** The outcomes in the answer of an invocation; none, if it is no answer of a recursive handler. */
export function outcomesOf(answer: string | undefined): readonly SaidOutcome[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(answer ?? "null");
  } catch {
    return [];
  }
  return (Array.isArray(parsed) ? parsed : [parsed]).flatMap((said: unknown) => {
    if (!isObject(said) || !isName(said.run) || !isCount(said.hop) || !isName(said.status)) return [];
    return [{ run: said.run, hop: said.hop, status: said.status, message: textIn(said, "message") ?? said.status }];
  });
}

function isName(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
