import { describe, expect, it } from "vitest";
import { batchTrace } from "./batch-trace.ts";

describe("the trace of a batch", () => {
  it("is that of its first message, with the deepest lineage of all", () => {
    const merged = batchTrace([undefined, "Root=1-a-b;Lineage=aa:3|bb:1", "Root=1-c-d;Lineage=aa:1|bb:7|cc:0"]);
    expect(merged).toBe("Root=1-a-b;Lineage=aa:3|bb:7|cc:0");
  });

  it("is absent where no message brought one", () => {
    expect(batchTrace([undefined, undefined])).toBeUndefined();
  });
});
