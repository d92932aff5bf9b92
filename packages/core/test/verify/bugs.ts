import type { DeliberateBug } from "../../../../verify/src/exhaustive-check.ts";
import { type Protocol, shipped } from "./protocol.ts";
import { TICK_MS } from "./record-space.ts";

/** A deliberate bug of the lease: one function in place of another. */
interface LeaseBug extends DeliberateBug {
  readonly functions: Partial<Protocol>;
}

/** The record without the named fields. */
function without<Fields extends object, Name extends keyof Fields>(fields: Fields, ...names: Name[]): Fields {
  const rest = { ...fields };
  for (const name of names) delete rest[name];
  return rest;
}

/** A function whose answer is changed, unless it leaves the record. */
function changed<Arguments extends unknown[], Answer extends object>(
  call: (...given: Arguments) => Answer | undefined,
  change: (answer: Answer, ...given: Arguments) => Answer,
): (...given: Arguments) => Answer | undefined {
  return (...given) => {
    const answer = call(...given);
    return answer && answer !== given[0] ? change(answer, ...given) : answer;
  };
}

const { begin, checkpoint, handOff, release, finish, ask, told, resumeRecord, rewindRecord, postpone, leaseEnd } =
  shipped;

/** At least two of each invariant. */
export const BUGS: readonly LeaseBug[] = [
  {
    name: "begin does not wait out the skew",
    breaks: "V1",
    within: "faults",
    functions: { begin: (record, request, rules) => begin(record, { ...request, skewMs: 0 }, rules) },
  },
  {
    name: "a lease is a tick shorter than its invocation",
    breaks: "V1",
    within: "faults",
    functions: { leaseEnd: (terms, nowMs) => leaseEnd(terms, nowMs) - TICK_MS },
  },
  {
    name: "begin takes a lease that is live",
    breaks: "V1",
    within: "faults",
    functions: {
      begin: (record, request, rules) =>
        begin(record && record.owner !== request.owner ? { ...record, leaseUntilMs: 0 } : record, request, rules),
    },
  },
  {
    name: "a hand-off does not open the next hop",
    breaks: "V2",
    within: "faults",
    functions: { handOff: changed(handOff, (next, _, { hop }) => ({ ...next, hop })) },
  },
  {
    name: "a run that is done waits for its hop",
    breaks: "V2",
    within: "faults",
    functions: {
      finish: changed(finish, (next, _, { phase, nowMs }) =>
        phase === "done" ? { ...next, phase: "handed-off", dueAtMs: nowMs } : next,
      ),
    },
  },
  {
    name: "a run that is done can be resumed",
    breaks: "V3",
    within: "requests",
    functions: {
      resumeRecord: (record, ...given) =>
        resumeRecord(record?.phase === "done" ? { ...record, phase: "stopped" } : record, ...given),
    },
  },
  {
    name: "a late event begins a run that is done",
    breaks: "V3",
    within: "faults",
    functions: {
      begin: (record, ...given) =>
        begin(record?.phase === "done" ? { ...record, phase: "handed-off" } : record, ...given),
    },
  },
  {
    name: "a late event begins a run that was deleted",
    breaks: "V3",
    within: "told of the end",
    functions: { begin: (record, ...given) => begin(record?.phase === "deleted" ? undefined : record, ...given) },
  },
  {
    name: "an event of an older hop takes the run back there",
    breaks: "V4",
    within: "faults",
    functions: {
      begin: (record, request, rules) =>
        begin(record?.phase === "handed-off" ? { ...record, hop: request.hop } : record, request, rules),
    },
  },
  {
    name: "a resumed run begins at its first hop",
    breaks: "V4",
    within: "requests",
    functions: { resumeRecord: changed(resumeRecord, (next) => ({ ...next, hop: 0 })) },
  },
  {
    name: "begin leaves the epoch",
    breaks: "V5",
    within: "faults",
    functions: {
      begin: (record, request, rules) => {
        const answer = begin(record, request, rules);
        if (!answer.ok || !record || answer.record === record) return answer;
        return { ok: true, record: { ...answer.record, epoch: record.epoch } };
      },
    },
  },
  {
    name: "a resumed run has the epoch of the one that stopped",
    breaks: "V5",
    within: "requests",
    functions: { resumeRecord: changed(resumeRecord, (next, record) => ({ ...next, epoch: record?.epoch ?? 0 })) },
  },
  {
    name: "a rewound run has the epoch of the hop it begins at",
    breaks: "V5",
    within: "rewind",
    functions: { rewindRecord: changed(rewindRecord, (next, _, { entry }) => ({ ...next, epoch: entry.epoch })) },
  },
  {
    name: "a checkpoint counts from any writer",
    breaks: "V6",
    within: "late writes",
    functions: {
      checkpoint: (record, write) =>
        checkpoint(record, { ...write, owner: record?.owner ?? write.owner, epoch: record?.epoch ?? write.epoch }),
    },
  },
  {
    name: "a hand-off counts whatever the epoch of its lease",
    breaks: "V6",
    within: "rewind",
    functions: { handOff: (record, write) => handOff(record, { ...write, epoch: record?.epoch ?? write.epoch }) },
  },
  {
    name: "a finish counts from any writer",
    breaks: "V6",
    within: "faults",
    functions: {
      finish: (record, write) =>
        finish(record, { ...write, owner: record?.owner ?? write.owner, epoch: record?.epoch ?? write.epoch }),
    },
  },
  {
    name: "a checkpoint that arrives late counts",
    breaks: "V7",
    within: "late writes",
    functions: { checkpoint: (record, write) => checkpoint(record && { ...record, heartbeatAtMs: 0 }, write) },
  },
  {
    name: "a released run begins anew",
    breaks: "V7",
    within: "late writes",
    functions: { release: (record, write) => release(record, { ...write, state: "0" }) },
  },
  {
    name: "an event begins a run that was stopped",
    breaks: "V8",
    within: "requests",
    functions: {
      begin: (record, ...given) =>
        begin(record?.phase === "stopped" ? { ...record, phase: "handed-off" } : record, ...given),
    },
  },
  {
    name: "telling of the end opens the run",
    breaks: "V8",
    within: "told of the end",
    functions: { told: changed(told, (next) => (next.phase === "done" ? next : { ...next, phase: "handed-off" })) },
  },
  {
    name: "a hop that falls asleep asks its sleeper later what was asked of it",
    breaks: "V9",
    within: "sleep and rewind",
    functions: {
      handOff: (record, write) => {
        const next = handOff(record, write);
        if (!next || next === record || !record?.requested || write.wakeAtMs === undefined) return next;
        const asleep = handOff(without(record, "requested"), write);
        return asleep && { ...asleep, requested: record.requested };
      },
    },
  },
  {
    name: "a resumed run still has the request that stopped it",
    breaks: "V9",
    within: "requests",
    functions: { resumeRecord: changed(resumeRecord, (next) => ({ ...next, requested: "stop" })) },
  },
  {
    name: "a rewound run still has the request of before",
    breaks: "V9",
    within: "sleep and rewind",
    functions: {
      rewindRecord: changed(rewindRecord, (next, record) =>
        record?.requested ? { ...next, requested: record.requested } : next,
      ),
    },
  },
  {
    name: "a sleeper begins whenever its event arrives",
    breaks: "V10",
    within: "sleep",
    functions: {
      begin: (record, ...given) => begin(record?.phase === "sleeping" ? { ...record, wakeAtMs: 0 } : record, ...given),
    },
  },
  {
    name: "a sleeper that is resumed wakes",
    breaks: "V10",
    within: "sleep",
    functions: { resumeRecord: (record, ...given) => resumeRecord(record && without(record, "wakeAtMs"), ...given) },
  },
  {
    name: "a run that was handed off is not due",
    breaks: "V11",
    within: "heartbeats",
    functions: { handOff: changed(handOff, (next) => without(next, "dueAtMs")) },
  },
  {
    name: "a run that was created is not due",
    breaks: "V11",
    within: "created",
    functions: { create: (request) => without(shipped.create(request), "dueAtMs") },
  },
  {
    name: "a request hides a run from the sweeps",
    breaks: "V11",
    within: "told of the end",
    functions: { ask: changed(ask, (next) => without(next, "dueAtMs")) },
  },
  {
    name: "a run that was sent again is not due any more",
    breaks: "V11",
    within: "heartbeats",
    functions: { postpone: changed(postpone, (next) => without(next, "dueAtMs")) },
  },
  {
    name: "a begin that is made again is another attempt",
    breaks: "V12",
    within: "faults",
    functions: {
      begin: (record, request, rules) =>
        begin(record?.owner === request.owner ? { ...record, phase: "handed-off" } : record, request, rules),
    },
  },
  {
    name: "a begin that is made again counts one failure more",
    breaks: "V12",
    within: "faults",
    functions: {
      begin: (record, request, rules) => {
        const answer = begin(record, request, rules);
        return answer.ok && answer.record === record ? { ok: true, record: { ...record, failures: 9 } } : answer;
      },
    },
  },
];
