import { expect, it } from "vitest";
import { LiveList } from "./live-list.ts";

it("a list is drawn in the place of the one before, however long that was", () => {
  let written = "";
  const live = new LiveList({
    write(text: string | Uint8Array) {
      written += String(text);
      return true;
    },
  });
  live.draw(["one", "two"]);
  expect(written).toBe("one\ntwo\n");
  written = "";
  live.draw(["one"]);
  expect(written).toBe("\u001b[2A\u001b[Jone\n");
  written = "";
  live.draw(["a", "b", "c"]);
  expect(written).toBe("\u001b[1A\u001b[Ja\nb\nc\n");
});
