import { fileURLToPath } from "node:url";
import { QueuedFiles, stackOutputs } from "@longhaul/cdk";
import { App, RemovalPolicy, Stack } from "aws-cdk-lib";
import { AttributeType, BillingMode, Table } from "aws-cdk-lib/aws-dynamodb";

/** The stack of the tests of `recordsOf()`. Settings come from CDK context. */
const app = new App({ analyticsReporting: false });
const stack = new Stack(app, "Loader");
const settings = QueuedFiles.settingsFromContext(stack);
const records = new Table(stack, "Records", {
  partitionKey: { name: "file", type: AttributeType.STRING },
  sortKey: { name: "record", type: AttributeType.NUMBER },
  billingMode: BillingMode.PAY_PER_REQUEST,
  removalPolicy: RemovalPolicy.DESTROY,
});
const files = new QueuedFiles(stack, "Files", {
  entry: fileURLToPath(new URL("handler.ts", import.meta.url)),
  environment: { RECORDS_TABLE: records.tableName },
  ...settings,
});
records.grant(files.worker, "dynamodb:BatchWriteItem");
stackOutputs(stack, { ...files.outputs, RecordsTableName: records.tableName });
app.synth();
