import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FileCloud, startFileCloud } from "./file-cloud.ts";
import { type PlannedKill, planKills } from "./planned-kills.ts";
import { ndjson, recordsIn } from "./records.ts";

const RECORDS = 700;
const kill = (at: PlannedKill["at"], hop: PlannedKill["hop"], times: number): PlannedKill => ({ at, hop, times });

/** Runs that go on after a few kills, by their files' keys. */
const mendable: Readonly<Record<string, PlannedKill>> = {
  "in/first-hop": kill("hop.start", 0, 1),
  "in/first-hop-handed-off": kill("handoff", 0, 1),
  "in/second-hop-twice": kill("hop.start", 1, 2),
  "in/second-hop-handed-off": kill("handoff", 1, 1),
  "in/third-hop": kill("hop.start", 2, 1),
  "in/done": kill("done", "any", 1),
};
/** Runs that are killed each time they come to some hop. */
const hopeless: Readonly<Record<string, PlannedKill>> = {
  "in/first-hop-always": kill("hop.start", 0, 99),
  "in/second-hop-always": kill("hop.start", 1, 99),
};

/** The promise that the queue's protection lasts for the whole run, for kills that are covered. */
export function describeKilledHops(
  continueBy: "sqs" | "lambda",
  isCovered: (plan: PlannedKill) => boolean = () => true,
): void {
  const mended = Object.entries(mendable).filter(([, plan]) => isCovered(plan));
  const ended = Object.entries(hopeless).filter(([, plan]) => isCovered(plan));
  let cloud: FileCloud;
  beforeAll(async () => {
    cloud = await startFileCloud({
      continueBy,
      // Whatever is killed holds its lease so long, and a cold start on a busy machine takes a second or two of it.
      // At the pace below a file takes three hops.
      timeoutSeconds: 6,
      visibilitySeconds: 10,
      // A process that is killed takes all with it that it works on. Here that is one file.
      messagesPerInvocation: 1,
      environment: {
        ...{ BATCH_SIZE: "10", MAX_RECORDS_PER_SECOND: "55", MAX_ATTEMPTS: "4" },
        ...{ FIRST_LOOK_SECONDS: "1", LAST_LOOK_SECONDS: "8", MAX_LOOKS: "38" },
      },
    });
  }, 60_000);
  afterAll(() => cloud.stop());

  const endOf = async (key: string) => {
    const [record, ...others] = await cloud.runsOf(key);
    expect(others, key).toEqual([]);
    return record;
  };

  describe(`whichever hop is killed, however often, if runs continue by ${continueBy}`, () => {
    it("the message is done, or stands in the DLQ with its reason: never nowhere", { timeout: 240_000 }, async () => {
      const plans = planKills(cloud, Object.fromEntries([...mended, ...ended]));
      // The news that the queue works came before this test set how long the queue hides what it hands out.
      await cloud.queueEmpty();
      // One receipt, of whatever comes first, dies before anything of it is written down.
      const unheard = new Set<string>();
      cloud.faults.killAfterMs = ({ functionName, requestId }) => {
        if (functionName !== cloud.functionName || unheard.size > 0) return undefined;
        unheard.add(requestId);
        return 0;
      };
      const content = ndjson(RECORDS);
      const isNdjson = { ContentType: "application/x-ndjson" };
      for (const [key] of [...mended, ...ended]) await cloud.put(key, content, isNdjson);
      // Each kill costs a look, and the looks come at ever longer intervals: a busy machine needs minutes.
      await cloud.queueEmpty(180_000);
      plans.end();

      for (const [key] of mended) {
        const record = await endOf(key);
        expect({ phase: record?.phase, reason: record?.reason }, key).toEqual({ phase: "done" });
        expect(await cloud.recordsOf(record?.run ?? ""), key).toEqual(recordsIn(RECORDS));
      }
      // On a busy machine a process may have died by itself, before it could be killed.
      const killed = mended.reduce((sum, [key]) => sum + plans.killsOf(key), 0);
      expect(killed).toBeGreaterThan(mended.reduce((sum, [, { times }]) => sum + times, 0) - 3);
      await cloud.readLetters();
      for (const [key] of ended) {
        const record = await endOf(key);
        // On a busy machine it may have stalled before it could be killed so often.
        expect(["MAX_ATTEMPTS", "STALLED"], key).toContain(record?.reason?.code);
        expect(record?.reason?.message, key).toMatch(/guards\.(maxAttempts is 4|maxStalledHops)/);
        expect(plans.killsOf(key), key).toBeGreaterThan(1);
        const letter = cloud.letters.find(({ body }) => body.includes(key));
        expect(letter, key).toMatchObject({ code: record?.reason?.code, reason: expect.stringContaining(key) });
      }
      // A kill between burying and deleting buries once more, but never what was done.
      for (const { body } of cloud.letters) expect(ended.some(([key]) => body.includes(key))).toBe(true);
      expect(unheard.size).toBe(1);
    });

    it("the run table's sweeper has started lost hops again", () => {
      const sent = cloud.log
        .filter((line) => line.includes('"swept"'))
        .map((line) => (JSON.parse(line) as { sent: number }).sent);
      expect(sent.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(0);
    });
  });
}
