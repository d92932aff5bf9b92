import { completionVerb } from "./completion/completion-verb.ts";
import { costVerb } from "./cost/cost-verb.ts";
import { doctorVerb } from "./doctor/doctor-verb.ts";
import { iamVerb } from "./iam/iam-verb.ts";
import { devVerb } from "./local/dev-verb.ts";
import { runVerb } from "./local/run-verb.ts";
import { logsVerb } from "./logs/logs-verb.ts";
import { redriveVerb } from "./redrive/redrive-verb.ts";
import { reportVerb } from "./report/report-verb.ts";
import { deleteVerb, pauseVerb, resumeVerb, rewindVerb, stopVerb } from "./runs/control-verbs.ts";
import { killVerb, reviveVerb } from "./runs/kill-verbs.ts";
import { runsVerb } from "./runs/runs-verb.ts";
import { showVerb } from "./runs/show-verb.ts";
import { startVerb } from "./runs/start-verb.ts";
import type { Verb } from "./verb.ts";
import { verifyVerb } from "./verify/verify-verb.ts";
import { walkVerb } from "./walk/walk-verb.ts";

/** Every verb of the command, in the order of the help. */
export const VERBS: readonly Verb[] = [
  ...[devVerb, runVerb, iamVerb, reportVerb, walkVerb, verifyVerb],
  ...[
    runsVerb,
    showVerb,
    logsVerb,
    costVerb,
    startVerb,
    pauseVerb,
    stopVerb,
    resumeVerb,
    rewindVerb,
    redriveVerb,
    deleteVerb,
  ],
  ...[killVerb, reviveVerb, doctorVerb, completionVerb],
];
