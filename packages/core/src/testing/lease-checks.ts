import { type Check, invariant } from "./check.ts";
import { leasesOf } from "./leases.ts";

/**
 * At most one invocation of a run has the right to run it at any time, and steps begin only under that right. One whose run was
 * rewound lost it, and begins steps until its next write tells it so. Needs a store; without one nothing is promised and
 * nothing is checked.
 */
export const atMostOneLiveHop: Check = invariant("atMostOneLiveHop", (result, fail) => {
  const leases = leasesOf(result);
  const lastOfRun = new Map<string, (typeof leases)[number]>();
  for (const lease of leases) {
    const last = lastOfRun.get(lease.run);
    if (last && lease.fromMs < last.toMs) {
      fail(
        `invocation ${lease.invocation} took the lease of run ${lease.run}, hop ${lease.hop}, at ${ms(lease.fromMs)} while invocation ${last.invocation} held it for hop ${last.hop} until ${ms(last.toMs)}.`,
      );
    }
    if (!last || lease.toMs > last.toMs) lastOfRun.set(lease.run, lease);
  }
  const ofInvocation = new Map(leases.map((lease) => [lease.invocation, lease]));
  for (const event of result.trace) {
    if (event.type !== "step" || !result.hasStore) continue;
    const lease = ofInvocation.get(event.invocation ?? 0);
    if (!lease)
      return fail(`invocation ${event.invocation} began a step at ${ms(event.at)} without ever having had a lease.`);
    if (event.at > lease.stepsUntilMs) {
      fail(
        `invocation ${event.invocation} began a step at ${ms(event.at)}, after its lease was over at ${ms(lease.stepsUntilMs)}.`,
      );
    }
  }
});

/**
 * Once an invocation has taken a run over, or the run was rewound, no checkpoint, hand-off, release or finish of an earlier one is accepted; a key
 * once written under the fence of an attempt is not written under that of an older one, nor under that of a hop that has ended.
 */
export const noCommitOfAnOlderHop: Check = invariant("noCommitOfAnOlderHop", (result, fail) => {
  const owners = new Map<string, string | undefined>();
  const fences = new Map<string, number>();
  const ended = new Map<number | undefined, number>();
  for (const event of result.trace) {
    if (event.type === "rewound" && event.isKept) owners.set(event.run, undefined);
    if (event.type === "returned" || event.type === "threw") ended.set(event.invocation, event.at);
    if (event.type === "effect" && event.isAccepted && event.fenceToken !== undefined) {
      const newest = fences.get(event.key) ?? 0;
      if (event.fenceToken < newest) {
        fail(
          `the fenced write of ${event.key} by token ${event.fenceToken} was accepted at ${ms(event.at)}, after one by token ${newest}.`,
        );
      }
      fences.set(event.key, event.fenceToken);
      if (event.askedAt > (ended.get(event.invocation) ?? Number.POSITIVE_INFINITY)) {
        fail(
          `the fenced write of ${event.key}, asked for at ${ms(event.askedAt)}, was made although its hop had ended.`,
        );
      }
    }
    if (event.type !== "write" || event.answer !== "accepted") continue;
    const { op, run, owner, writeHop, at } = event;
    if (op === "begin") owners.set(run, owner);
    else {
      const current = owners.get(run);
      if (current !== owner) {
        fail(
          `the ${op} of hop ${writeHop} by owner ${owner} was accepted at ${ms(at)}, when ${current === undefined ? "the hop was over" : `owner ${current} had the run`}.`,
        );
      }
      if (op !== "checkpoint" && op !== "renew") owners.set(run, undefined);
    }
  }
});

/** The record's hop never falls, unless the run is rewound; nor do the steps it counts. */
export const stateNeverGoesBack: Check = invariant("stateNeverGoesBack", (result, fail) => {
  const newest = new Map<string, { hop: number; steps: number }>();
  for (const event of result.trace) {
    if (event.type === "rewound" && event.isKept) {
      newest.set(event.run, { hop: event.toHop, steps: newest.get(event.run)?.steps ?? 0 });
    }
    if (event.type !== "write" || event.answer !== "accepted") continue;
    const last = newest.get(event.run) ?? { hop: 0, steps: 0 };
    const { recordHop: hop = 0, recordSteps: steps = 0, op, at } = event;
    if (hop < last.hop) fail(`the record went from hop ${last.hop} back to ${hop} at ${ms(at)} (${op}).`);
    if (steps < last.steps) fail(`the record went from step ${last.steps} back to ${steps} at ${ms(at)} (${op}).`);
    newest.set(event.run, { hop, steps });
  }
});

/**
 * The position of the saved states never falls, unless the run is rewound.
 *
 * @param position - how far a state is; by default a state that is a number itself
 */
export function positionNeverGoesBack(
  position: (state: unknown) => number | undefined = (state) => (typeof state === "number" ? state : undefined),
): Check {
  return invariant("positionNeverGoesBack", (result, fail) => {
    const furthest = new Map<string, number>();
    for (const event of result.trace) {
      if (event.type === "rewound" && event.isKept) furthest.delete(event.run);
      if (event.type !== "write" || event.answer !== "accepted" || event.state === undefined) continue;
      const last = furthest.get(event.run) ?? Number.NEGATIVE_INFINITY;
      const reached = position((JSON.parse(event.state) as { value?: unknown }).value) ?? last;
      if (reached < last) {
        fail(`the saved state went from ${last} back to ${reached} at ${ms(event.at)} (${event.op}).`);
      }
      furthest.set(event.run, reached);
    }
  });
}

/**
 * Each hop is handed off once, and again only after the run was rewound: one accepted record, one confirmed send, and no step afterwards. A send whose confirmation
 * was lost, or that the hop gave up waiting for, does not count as confirmed.
 */
export const neverTwoSuccessors: Check = invariant("neverTwoSuccessors", (result, fail) => {
  const handOffs = new Map<string, Set<number>>();
  const sends = new Map<number, { sent: number; unconfirmed: number; lastMs: number }>();
  for (const event of result.trace) {
    const { invocation = 0, at } = event;
    if (event.type === "rewound" && event.isKept) handOffs.delete(event.run);
    if (event.type === "write" && event.op === "handOff" && event.answer === "accepted") {
      const { run, writeHop } = event;
      const ofRun = handOffs.get(run) ?? new Set();
      if (ofRun.has(writeHop)) fail(`hop ${writeHop} of run ${run} was handed off twice, again at ${ms(at)}.`);
      handOffs.set(run, ofRun.add(writeHop));
    }
    const own = sends.get(invocation) ?? { sent: 0, unconfirmed: 0, lastMs: 0 };
    if (event.type === "fault" && isUnconfirmedSend(event)) {
      sends.set(invocation, { ...own, unconfirmed: own.unconfirmed + 1 });
    }
    if (event.type === "sent" && event.by === "hop") {
      sends.set(invocation, { ...own, sent: own.sent + 1, lastMs: at });
    }
    if (event.type === "step" && own.sent >= 1) {
      fail(`invocation ${invocation} began a step at ${ms(at)}, after it had handed off.`);
    }
  }
  for (const [invocation, { sent, unconfirmed, lastMs }] of sends) {
    // One of them may be confirmed, after those that were not.
    if (sent > unconfirmed + 1) {
      fail(
        `invocation ${invocation} sent its hand-off ${sent} times, the last at ${ms(lastMs)}, though it was confirmed.`,
      );
    }
  }
});

function isUnconfirmedSend({ kind, detail }: { readonly kind: string; readonly detail: string }): boolean {
  return kind === "sendFailsAfter" || (kind === "givenUp" && detail === "driver.send");
}

function ms(atMs: number): string {
  return `${Math.round(atMs)} ms`;
}
