import { describe, expect, it } from "vitest";
import { secretSeal } from "./seal.ts";

const first = "the first secret, long";
const second = "the second secret, long";

describe("a sealed state", () => {
  const seal = secretSeal([first]);

  it.each(["", "{}", '{"pin":"4711"}', "ü🚀".repeat(10_000)])("comes back as it was", async (plain) => {
    expect(await seal.open(await seal.seal(plain, "run-1"), "run-1")).toBe(plain);
  });

  it("shows nothing, and looks different each time", async () => {
    const plain = '{"pin":"4711"}';
    const [one, two] = [await seal.seal(plain, "run-1"), await seal.seal(plain, "run-1")];
    expect(one).not.toBe(two);
    expect(one).toMatch(/^lh1\.[\w-]{16}\.[\w-]+$/);
    expect(Buffer.from(one.split(".")[2]!, "base64url").toString("latin1")).not.toContain("4711");
  });

  it("is refused wherever one character of it was changed", async () => {
    const token = await seal.seal('{"position":1}', "run-1");
    for (let i = 0; i < token.length; i++) {
      const other = token[i] === "A" ? "Q" : "A";
      await expect(seal.open(token.slice(0, i) + other + token.slice(i + 1), "run-1")).rejects.toMatchObject({
        code: "EVENT",
      });
    }
  });

  it.each(["", "lh1.", "lh1..", "lh1.AAAA", "lh2.AAAAAAAAAAAAAAAA.AAAA", "{}", "lh1.AAAAAAAAAAAAAAAA.", "💥"])(
    "is refused where it is none: %j",
    async (token) => {
      await expect(seal.open(token, "run-1")).rejects.toMatchObject({ code: "EVENT" });
    },
  );

  it("is refused in another context, such as another event", async () => {
    const token = await seal.seal("{}", '{"bucket":"in"}');
    await expect(seal.open(token, '{"bucket":"out"}')).rejects.toMatchObject({ code: "EVENT" });
  });
});

describe("a secret can be rotated while runs are under way", () => {
  it("the first seals, all open", async () => {
    const before = await secretSeal([first]).seal("{}", "run-1");
    const rotated = secretSeal([second, first]);
    expect(await rotated.open(before, "run-1")).toBe("{}");
    const after = await rotated.seal("{}", "run-1");
    expect(await secretSeal([second]).open(after, "run-1")).toBe("{}");
    await expect(secretSeal([first]).open(after, "run-1")).rejects.toMatchObject({ code: "EVENT" });
  });

  it("until the old one is taken away", async () => {
    const before = await secretSeal([first]).seal("{}", "run-1");
    await expect(secretSeal([second]).open(before, "run-1")).rejects.toMatchObject({ code: "EVENT" });
  });
});

it.each([[[]], [["short"]], [[first, ""]]])("secrets that protect nothing are refused: %j", (secrets) => {
  expect(() => secretSeal(secrets)).toThrow(expect.objectContaining({ code: "CONFIG" }));
});
