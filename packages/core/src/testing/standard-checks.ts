import type { Check } from "./check.ts";
import { runIsDone, statesTravel, yieldedStatesStay } from "./end-checks.ts";
import { atMostOneLiveHop, neverTwoSuccessors, noCommitOfAnOlderHop, stateNeverGoesBack } from "./lease-checks.ts";
import { outcomesAreTrue, sleepersSleep, whatIsOverStaysOver } from "./outcome-checks.ts";
import { nothingIsTooLarge } from "./record-checks.ts";
import { rewoundRunsBeginAgain } from "./rewind-checks.ts";
import { noStepTheBudgetCouldNotHold, theRunEnds, timersOfEndedHopsNeverFire } from "./work-checks.ts";

/**
 * Checks that hold even without a store: nothing there keeps two invocations of one run apart, and nothing sends a lost event
 * again (`handOffLost`).
 */
export const storelessChecks: readonly Check[] = [
  statesTravel,
  yieldedStatesStay,
  nothingIsTooLarge,
  neverTwoSuccessors,
  noStepTheBudgetCouldNotHold,
  timersOfEndedHopsNeverFire,
  runIsDone,
];

/** Checks that hold for every handler, whatever goes wrong, given a store and a sweeper. */
export const standardChecks: readonly Check[] = [
  atMostOneLiveHop,
  noCommitOfAnOlderHop,
  stateNeverGoesBack,
  whatIsOverStaysOver,
  sleepersSleep,
  outcomesAreTrue,
  rewoundRunsBeginAgain,
  ...storelessChecks,
  theRunEnds(),
];
