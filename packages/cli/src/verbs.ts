import { devVerb } from "./local/dev-verb.ts";
import { runVerb } from "./local/run-verb.ts";
import { reportVerb } from "./report/report-verb.ts";
import type { Verb } from "./verb.ts";
import { walkVerb } from "./walk/walk-verb.ts";

/** Every verb of the command, in the order of the help. */
export const VERBS: readonly Verb[] = [devVerb, runVerb, reportVerb, walkVerb];
