import { describe, expect, it } from "vitest";
import { historyOf, hopOf } from "../../test/histories.ts";
import { namesOfRuns, readableRun } from "./run-names.ts";

describe("a run's id is shown as people read it", () => {
  it.each([
    ["fn/s3:in/dir/cities+of+%C3%96sterreich.ndjson@0055", "dir/cities of Österreich.ndjson"],
    ["fn/s3:in/me@home.csv@0055", "me@home.csv"],
    ["fn/s3:in/100%@0055", "100%"],
    ["fn/s3:in/a%1B%5B2J%E2%80%AEb@1", "a\\u{1b}[2J\\u{202e}b"],
    ["walk/0.1", "walk/0.1"],
    ["a+b/request:12", "a+b/request:12"],
  ])("%s", (run, name) => expect(readableRun(run)).toBe(name));
});

describe("runs of one job have names that tell them apart", () => {
  it.each([
    [
      ["w/0", "w/0.1"],
      ["0", "0.1"],
    ],
    [
      ["fn/s3:in/a/x.csv@1", "fn/s3:in/b/x.csv@2", "fn/s3:in/c.csv@3"],
      ["a/x.csv", "b/x.csv", "c.csv"],
    ],
    [
      ["fn/s3:in/x.csv@1", "fn/s3:in/x.csv@2"],
      ["fn/s3:in/x.csv@1", "fn/s3:in/x.csv@2"],
    ],
    [
      ["fn/s3:in/x.csv@1", "fn/s3:in/a/x.csv@2"],
      ["x.csv", "a/x.csv"],
    ],
  ])("%j", (runs, names) => {
    const history = historyOf({ run: runs[0]!, hops: runs.map((run) => hopOf({ run })) });
    expect([...namesOfRuns(history).values()]).toEqual(names);
  });
});
