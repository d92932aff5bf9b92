import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { physicalName, stackId } from "./physical-name.ts";

const id = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,120}$/);

describe("a physical name", () => {
  it("fits every service's rules and any limit from 20 characters", () => {
    fc.assert(
      fc.property(id, id, fc.integer({ min: 20, max: 255 }), (stack, logicalId, maxLength) => {
        const name = physicalName(stack, logicalId, maxLength);
        expect(name.length).toBeLessThanOrEqual(maxLength);
        expect(name).toMatch(/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/);
        expect(physicalName(stack, logicalId, maxLength)).toBe(name);
      }),
    );
  });

  it("differs for names that differ only in case or in where the stack's name ends", () => {
    expect(physicalName("S", "Ab", 63)).not.toBe(physicalName("S", "AB", 63));
    expect(physicalName("S-A", "B", 63)).not.toBe(physicalName("S", "A-B", 63));
  });
});

describe("a stack's id", () => {
  it("ends in a UUID in lower case, from which templates make bucket names", () => {
    const [, , uuid] = stackId("us-east-1", "000000000000", "App").split("/");
    expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});
