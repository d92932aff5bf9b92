import * as lease from "../../src/state/lease.ts";
import { isAtRest } from "../../src/state/lease.ts";
import { leaseEnd } from "../../src/state/lease-terms.ts";
import { withHop } from "../../src/state/run-history.ts";

/** The functions of the lease, as stores and invocations call them. The checker takes them all from here. */
export const shipped = {
  create: lease.create,
  begin: lease.begin,
  renew: lease.renew,
  checkpoint: lease.checkpoint,
  handOff: lease.handOff,
  release: lease.release,
  finish: lease.finish,
  ask: lease.ask,
  told: lease.told,
  erase: lease.erase,
  resumeRecord: lease.resumeRecord,
  rewindRecord: lease.rewindRecord,
  isDue: lease.isDue,
  postpone: lease.postpone,
  isAtRest,
  leaseEnd,
  withHop,
};

/** The lease, or the lease with a deliberate bug: one function in place of another. */
export type Protocol = typeof shipped;
