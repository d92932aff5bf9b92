import fc from "fast-check";
import { expect, it } from "vitest";
import { type PrefixNode, prefixTree } from "./prefix-tree.ts";

const segment = fc.constantFrom("a/", "b/", "é/", "long name/");
const counted = fc.record({
  prefix: fc.array(segment, { maxLength: 4 }).map((segments) => `base/${segments.join("")}`),
  objects: fc.integer({ min: 1, max: 9 }),
  bytes: fc.nat(1_000),
});

function nodesOf(node: PrefixNode): PrefixNode[] {
  return [node, ...node.children.flatMap(nodesOf)];
}

it("each prefix of the tree has the sum of all totals that begin with it, and no prefix is missing", () => {
  fc.assert(
    fc.property(fc.array(counted, { maxLength: 20 }), (totals) => {
      const nodes = nodesOf(prefixTree(totals, "base/"));
      for (const { prefix, objects, bytes } of nodes) {
        const below = totals.filter((total) => total.prefix.startsWith(prefix));
        expect(objects).toBe(below.reduce((sum, total) => sum + total.objects, 0));
        expect(bytes).toBe(below.reduce((sum, total) => sum + total.bytes, 0));
      }
      const prefixes = nodes.map(({ prefix }) => prefix);
      expect(new Set(prefixes).size).toBe(prefixes.length);
      for (const { prefix } of totals) expect(prefixes).toContain(prefix);
    }),
  );
});

it("the largest come first, and those of the same size by name", () => {
  const totals = [
    { prefix: "b/", objects: 1, bytes: 5 },
    { prefix: "a/", objects: 1, bytes: 5 },
    { prefix: "c/x/", objects: 1, bytes: 6 },
  ];
  const { children } = prefixTree(totals, "");
  expect(children.map(({ name }) => name)).toEqual(["c/", "a/", "b/"]);
  expect(children[0]?.children[0]).toMatchObject({ prefix: "c/x/", name: "x/" });
});
