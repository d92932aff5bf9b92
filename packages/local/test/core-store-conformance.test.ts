import { dynamodbRunStore } from "@longhaul/core/dynamodb";
import { storeCases } from "@longhaul/core/store/conformance";
import { afterAll, beforeAll, describe, it } from "vitest";
import { embeddedRunTable, plainRunTable, type RunTableServer, tableName } from "./run-table.ts";

// Real endpoints, on machines that are busy with other tests.
describe.each([
  { name: "an endpoint that returns the old item with a refusal", start: embeddedRunTable },
  { name: "an endpoint that does not", start: plainRunTable },
])("dynamodbRunStore() on $name conforms", ({ start }) => {
  let server: RunTableServer;
  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server.stop());

  const makeStore = () => ({ store: dynamodbRunStore({ tableName, client: server.client }) });
  for (const { name, run } of storeCases) it(name, () => run(makeStore));
});
