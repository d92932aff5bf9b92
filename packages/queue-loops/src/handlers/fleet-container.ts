import { randomUUID } from "node:crypto";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { answeredWithin } from "../answered-within.ts";
import { lambdaStartLoop } from "../fleet/lambda-start-loop.ts";
import type { FleetParts } from "../fleet/reconcile-fleet.ts";
import { errorFields, log } from "../log.ts";
import { processors } from "../processors.ts";
import { settingsFrom } from "../settings.ts";
import { dynamodbTokenTable } from "../tokens/dynamodb-token-table.ts";

// Made once per container, outside the handlers.

/** What the environment sets. */
export const settings = settingsFrom(process.env, Object.keys(processors));

const { loopFunction } = settings;
const requestHandler = answeredWithin(5_000);

/** What the functions beside the loops work with. */
export const parts: FleetParts = {
  table: dynamodbTokenTable(new DynamoDBClient({ requestHandler }), settings.tokenTable),
  startLoop:
    loopFunction === undefined
      ? undefined
      : lambdaStartLoop(new LambdaClient({ requestHandler }), loopFunction, (error, token) =>
          log("WARN", "start failed", { token, ...errorFields(error) }),
        ),
  now: Date.now,
  newId: randomUUID,
};
