import { fileURLToPath } from "node:url";
import { startApp } from "@longhaul/local/testing";
import { expect, it } from "vitest";

const directory = fileURLToPath(new URL("../../../../packages/s3-batch", import.meta.url));

it("the calls of a run are allowed by the template, and those of a run elsewhere are not", async () => {
  // #region test
  await using app = await startApp({ directory });
  await app.put("in/cities.ndjson", '{"id":1}\n');
  await app.runs.wait();
  expect(app.permissions().flatMap(({ refused }) => refused)).toEqual([]);
  // #endregion test
});

it("a call that is not allowed is refused, and is in the answer", async () => {
  await using app = await startApp({ directory, environment: { OUTPUT_PREFIX: "results/" } });
  await app.put("in/cities.ndjson", '{"id":1}\n');
  await app.settled();
  const refused = app.permissions().flatMap((permissions) => permissions.refused);
  expect(refused).toMatchObject([{ action: "s3:PutObject", isByLambda: false }]);
  expect(refused[0]?.resourceArn).toMatch(/\/results\//);
});
