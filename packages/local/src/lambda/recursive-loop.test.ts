import { describe, expect, it } from "vitest";
import { chainLink, lineageHash } from "./recursive-loop.ts";
import { parseTraceHeader } from "./trace-header.ts";

const ARN = "arn:aws:lambda:eu-central-1:123456789012:function:walk";
const OTHER = "arn:aws:lambda:eu-central-1:123456789012:function:other";
const link = (incoming: string | undefined, recursiveLoop: "Allow" | "Terminate" = "Terminate", arn = ARN) =>
  chainLink(incoming, arn, recursiveLoop, 1_700_000_000_000, () => "01234567-89ab-cdef-0123-456789abcdef");

describe("chainLink", () => {
  it("begins a trace where there is none, counting from 0", () => {
    expect(link(undefined)).toEqual({
      traceHeader: `Root=1-6553f100-0123456789abcdef01234567;Parent=0123456789abcdef;Sampled=0;Lineage=${lineageHash(ARN)}:0`,
      chainedInvocations: 1,
      isLoop: false,
    });
  });

  it("keeps root and sampling of the caller", () => {
    expect(link("Root=1-2-3;Parent=4;Sampled=1").traceHeader).toMatch(/^Root=1-2-3;Parent=0123456789abcdef;Sampled=1;/);
  });

  it("lets 16 invocations of a chain run and stops the 17th", () => {
    let header: string | undefined;
    const verdicts: boolean[] = [];
    for (let i = 1; i <= 17; i += 1) {
      const next = link(header);
      expect(next.chainedInvocations).toBe(i);
      verdicts.push(next.isLoop);
      header = next.traceHeader;
    }
    expect(verdicts).toEqual([...Array(16).fill(false), true]);
  });

  it("counts each function of the chain for itself", () => {
    let header: string | undefined;
    for (let i = 0; i < 10; i += 1) header = link(link(header).traceHeader, "Terminate", OTHER).traceHeader;
    expect(parseTraceHeader(header).lineage).toEqual(
      new Map([
        [lineageHash(ARN), 9],
        [lineageHash(OTHER), 9],
      ]),
    );
  });

  it("counts on and stops nothing where loops are allowed", () => {
    let header: string | undefined;
    for (let i = 0; i < 100; i += 1) {
      const next = link(header, "Allow");
      expect(next.isLoop).toBe(false);
      header = next.traceHeader;
    }
    expect(parseTraceHeader(header).lineage.get(lineageHash(ARN))).toBe(99);
  });
});
