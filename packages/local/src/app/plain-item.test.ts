import { describe, expect, it } from "vitest";
import { itemAsJson } from "./plain-item.ts";

describe("an item of a table as plain JSON", () => {
  it("keeps all digits of a number, and the values of all types", () => {
    const item = {
      id: { N: "144126219108390099" },
      name: { S: 'a "b"' },
      none: { NULL: true },
      yes: { BOOL: true },
      bytes: { B: "AAE=" },
      list: { L: [{ N: "1.50" }, { M: { deep: { SS: ["x", "y"] } } }] },
      numbers: { NS: ["1", "2e30"] },
    };
    expect(itemAsJson(item)).toBe(
      '{"id":144126219108390099,"name":"a \\"b\\"","none":null,"yes":true,"bytes":"AAE=","list":[1.50,{"deep":["x","y"]}],"numbers":[1,2e30]}',
    );
  });
});
