import type { Mutant } from "../../../mutants/src/mutant.ts";

const STORE = "../core/src/state/dynamodb-run-store.ts";
const LEASE = "../core/src/state/lease.ts";
const STORE_TEST = "test/core-run-store.test.ts";
const MODEL = { testFile: "test/core-run-store.property.test.ts", test: "exactly what the store in memory does" };

/** Deliberate bugs of the lease protocol and of its store on DynamoDB, noticed on the embedded one. */
export const runStoreMutants: readonly Mutant[] = [
  {
    id: "lease-over-without-skew",
    promise: "A lease is over only when it is so by more than clocks may differ.",
    file: STORE,
    from: "leaseOver: nowMs - skewMs }",
    to: "leaseOver: nowMs }",
    testFile: STORE_TEST,
    test: "begins hop 1 once the lease is over by more than clocks may differ",
  },
  {
    id: "resume-of-another-epoch",
    promise: "A run is resumed as it was read, or not at all.",
    file: STORE,
    from: 'condition: "#epoch = :epoch AND #phase = :phase",\n    given: { epoch: record.epoch, phase: record.phase },',
    to: 'condition: "#phase = :phase",\n    given: { phase: record.phase },',
    testFile: STORE_TEST,
    test: "resumes a run that changed after it was read only if the new one allows it",
  },
  {
    id: "postpone-without-ttl",
    promise: "A sweep renews the record's time to live.",
    file: STORE,
    from: "          set: { ttl: ttl(nowMs) },\n",
    to: "          set: {},\n",
    testFile: STORE_TEST,
    test: "renews the record's time to live with each write of a hop",
  },
  {
    id: "writes-without-ttl",
    promise: "Each write of a hop renews the record's time to live.",
    file: STORE,
    from: "set: { heartbeatAtMs: request.nowMs, ttl: ttl(request.nowMs), ...set },",
    to: "set: { heartbeatAtMs: request.nowMs, ...set },",
    testFile: STORE_TEST,
    test: "renews the record's time to live with each write of a hop",
  },
  {
    id: "get-of-any-replica",
    promise: "A record is read consistently.",
    file: "../core/src/state/run-table.ts",
    from: "Key: keyOf(key), ConsistentRead: true }",
    to: "Key: keyOf(key) }",
    testFile: STORE_TEST,
    test: "reads a record and a listing consistently",
  },
  {
    id: "write-of-an-older-epoch",
    promise: "Only the attempt that holds the lease writes.",
    file: STORE,
    from: "#owner = :me AND #epoch = :mine AND #phase = :running${also",
    to: "#owner = :me AND #phase = :running${also",
    ...MODEL,
  },
  {
    id: "late-checkpoint-on-dynamodb",
    promise: "A checkpoint that arrives late changes nothing.",
    file: STORE,
    from: '{ condition: " AND #heartbeatAtMs <= :now", given: ({ nowMs }) => ({ now: nowMs }) },',
    to: '{ condition: "", given: () => ({}) },',
    ...MODEL,
  },
  {
    id: "resume-keeps-the-owner-of-dynamodb",
    promise: "A hop that was handed off has no owner.",
    file: STORE,
    from: 'remove: ["owner", "lastError", ',
    to: 'remove: ["lastError", ',
    ...MODEL,
  },
  {
    id: "finish-repeated-in-any-phase",
    promise: "An end that arrives after its attempt gave the lease back is no end.",
    file: LEASE,
    from: "record?.phase === phase && isRepeated(record, write, write.hop)",
    to: "isRepeated(record, write, write.hop)",
    testFile: STORE_TEST,
    test: "an end that arrives after its attempt gave the lease back does not end the run",
  },
];
