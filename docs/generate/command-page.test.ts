import { describe, expect, it } from "vitest";
import { commandPage, verbsOf } from "./command-page.ts";

const OVERVIEW =
  "Usage: longhaul [options]\n\nOptions:\n  -h  Help.\n\nCommands:\n  dev [app]  Start.\n  run [app]  Run an app\n             over a file.\n  help [command]  Help.\n\nExample:\n  longhaul run\n";

describe("the page of the command", () => {
  it("has a section for each verb that the help lists", () => {
    expect(verbsOf(OVERVIEW)).toEqual(["dev", "run"]);
    const page = commandPage(OVERVIEW, [["dev", "Start.\n\n-h"]]);
    expect(page).toContain("## longhaul dev\n\n```text\nStart.\n\n-h\n```");
  });

  it("refuses a help that lists none", () => {
    expect(() => verbsOf("Usage: longhaul")).toThrow("lists no verbs");
  });
});
