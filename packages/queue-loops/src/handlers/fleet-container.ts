import { randomUUID } from "node:crypto";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { lambdaStartLoop } from "../fleet/lambda-start-loop.ts";
import type { FleetParts } from "../fleet/reconcile-fleet.ts";
import { errorFields, log } from "../log.ts";
import { processors } from "../processors.ts";
import { type Settings, settingsFrom } from "../settings.ts";
import { dynamodbTokenTable } from "../tokens/dynamodb-token-table.ts";

/** What each of the functions beside the loops makes once per container. */
export interface FleetContainer {
  readonly settings: Settings;
  readonly parts: FleetParts;
}

/** Makes it from the environment. */
export function fleetContainer(): FleetContainer {
  const settings = settingsFrom(process.env, Object.keys(processors));
  return {
    settings,
    parts: {
      table: dynamodbTokenTable(new DynamoDBClient({}), settings.tokenTable),
      startLoop: lambdaStartLoop(new LambdaClient({}), settings.loopFunction, (error, token) =>
        log("WARN", "start failed", { token, ...errorFields(error) }),
      ),
      now: Date.now,
      newId: randomUUID,
    },
  };
}
