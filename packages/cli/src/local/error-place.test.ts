import { expect, it } from "vitest";
import { placedError } from "./error-place.ts";

const printed = (frame: string, error: string) => `something before
node:internal/modules/run_main:107
    triggerUncaughtException(
    ^

${frame}

${error}
    at parse (node:internal/modules/typescript:72:36)
    at file:///somewhere/app/other.ts:3:1

Node.js v24.21.0
`;

it.each([
  [
    "with a mark",
    "file:///somewhere/my%20app/work.ts:2\nconst a = 1;\nconst b: number = ;\n                  ^",
    "/somewhere/my app/work.ts:2:19",
  ],
  ["with a path and a longer mark", "/somewhere/work.cjs:10\n  break it;\n        ^^", "/somewhere/work.cjs:10:9"],
  ["at the end of the text, without one", "file:///somewhere/work.ts:2\n  return record;", "/somewhere/work.ts:2:17"],
])("an error is placed %s", (_, frame, place) => {
  const error = "SyntaxError [ERR_INVALID_TYPESCRIPT_SYNTAX]: Expression expected";
  expect(placedError(printed(frame, error))).toEqual({
    headline: `${place}: ${error}`,
    frames: ["    at file:///somewhere/app/other.ts:3:1"],
  });
});

it.each(["", "only words", "/no/error:7\n"])("what is no error has no place: %j", (text) => {
  expect(placedError(text)).toBeUndefined();
});
