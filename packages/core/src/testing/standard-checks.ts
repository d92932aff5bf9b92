import type { Check } from "./check.ts";
import { atMostOneLiveHop, neverTwoSuccessors, noCommitOfAnOlderHop, stateNeverGoesBack } from "./lease-checks.ts";
import { outcomesAreTrue, whatIsOverStaysOver } from "./outcome-checks.ts";
import { noStepTheBudgetCouldNotHold, theRunEnds, timersOfEndedHopsNeverFire } from "./work-checks.ts";

/** What must hold for every handler, whatever goes wrong, given a store and a sweeper. */
export const standardChecks: readonly Check[] = [
  atMostOneLiveHop,
  noCommitOfAnOlderHop,
  neverTwoSuccessors,
  stateNeverGoesBack,
  whatIsOverStaysOver,
  outcomesAreTrue,
  noStepTheBudgetCouldNotHold,
  timersOfEndedHopsNeverFire,
  theRunEnds(),
];

/** What must hold even without a store: nothing there keeps two invocations of one run apart. */
export const storelessChecks: readonly Check[] = [
  neverTwoSuccessors,
  noStepTheBudgetCouldNotHold,
  timersOfEndedHopsNeverFire,
];
