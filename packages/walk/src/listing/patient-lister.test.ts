import { describe, expect, it } from "vitest";
import { slowDown } from "../../test/s3-errors.ts";
import { pageOf } from "./listed-page.ts";
import { patientLister } from "./patient-lister.ts";

const place = { startAfter: "", token: undefined, signal: new AbortController().signal };

describe("a listing whose requests fail", () => {
  it("is given up when none succeeded for the time given, with the last failure", async () => {
    let nowMs = 0;
    const list = patientLister(() => Promise.reject(slowDown()), {
      bucket: "b",
      giveUpAfterMs: 1_000,
      now: () => nowMs,
    });
    await expect(list(place)).rejects.toMatchObject({ name: "SlowDown" });
    nowMs = 999;
    await expect(list(place)).rejects.toMatchObject({ name: "SlowDown" });
    nowMs = 1_000;
    await expect(list(place)).rejects.toMatchObject({
      code: "LISTING_SILENT",
      message: expect.stringMatching(/no list request succeeded for 1 s, .*SlowDown/),
    });
  });

  it("has its time anew after one that succeeds", async () => {
    let nowMs = 0;
    let fails = true;
    const answer = () => (fails ? Promise.reject(slowDown()) : Promise.resolve(pageOf([])));
    const list = patientLister(answer, { bucket: "b", giveUpAfterMs: 1_000, now: () => nowMs });
    await expect(list(place)).rejects.toThrow();
    fails = false;
    nowMs = 5_000;
    await list(place);
    fails = true;
    nowMs = 9_000;
    await expect(list(place)).rejects.toMatchObject({ name: "SlowDown" });
  });

  it("fails at once for what another try cannot mend", async () => {
    const denied = Object.assign(new Error("no"), { name: "AccessDenied", $metadata: { httpStatusCode: 403 } });
    const list = patientLister(() => Promise.reject(denied), { bucket: "b", giveUpAfterMs: 1, now: () => 9 });
    await expect(list(place)).rejects.toBe(denied);
  });
});
