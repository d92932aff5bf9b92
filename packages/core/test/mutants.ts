import type { Mutant } from "../../../mutants/src/mutant.ts";
import { callers } from "./mutants/callers.ts";
import { calls } from "./mutants/calls.ts";
import { checks } from "./mutants/checks.ts";
import { heartbeats } from "./mutants/heartbeats.ts";
import { history } from "./mutants/history.ts";
import { leases } from "./mutants/leases.ts";
import { runs } from "./mutants/runs.ts";
import { traces } from "./mutants/traces.ts";
import { verifications } from "./mutants/verifications.ts";
import { waking } from "./mutants/waking.ts";

export const mutants: readonly Mutant[] = [
  ...callers,
  ...calls,
  ...checks,
  ...heartbeats,
  ...history,
  ...leases,
  ...runs,
  ...traces,
  ...verifications,
  ...waking,
];
