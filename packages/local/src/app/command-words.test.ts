import { describe, expect, it } from "vitest";
import { wordsOf } from "./command-words.ts";

describe("the words of a command", () => {
  it.each([
    ["node infra/app.ts", ["node", "infra/app.ts"]],
    ["  npx   ts-node --prefer-ts-exts bin/app.ts ", ["npx", "ts-node", "--prefer-ts-exts", "bin/app.ts"]],
    ['node "my app/infra/app.ts"', ["node", "my app/infra/app.ts"]],
    ["node --title='a $ b' app.ts", ["node", "--title=a $ b", "app.ts"]],
  ])("%s", (command, words) => expect(wordsOf(command, "cdk.json")).toEqual(words));

  it.each(["npm run build && node app.js", "node $APP", "node app.js | tee out", 'node "$(which app)"'])(
    "%s is refused: it needs a shell",
    (command) => expect(() => wordsOf(command, "cdk.json")).toThrow(/^cdk\.json: .* needs a shell/),
  );
});
