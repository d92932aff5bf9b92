import { fileURLToPath } from "node:url";
import { QueuedFiles, stackOutputs } from "@longhaul/cdk";
import { RemovalPolicy, Stack, type StackProps } from "aws-cdk-lib";
import { AttributeType, BillingMode, Table } from "aws-cdk-lib/aws-dynamodb";
import type { Construct } from "constructs";

const handlerFile = fileURLToPath(new URL("../src/handler.ts", import.meta.url));

/** Bucket, topic, queue and one function that loads each file into a table, hop by hop. */
export class SqsFileStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const settings = QueuedFiles.settingsFromContext(this);
    const records = new Table(this, "Records", {
      partitionKey: { name: "file", type: AttributeType.STRING },
      sortKey: { name: "record", type: AttributeType.NUMBER },
      billingMode: BillingMode.PAY_PER_REQUEST,
      removalPolicy: settings.removalPolicy ?? RemovalPolicy.RETAIN,
    });
    const environment = { RECORDS_TABLE: records.tableName };
    const files = new QueuedFiles(this, "Files", { entry: handlerFile, environment, ...settings });
    records.grant(files.worker, "dynamodb:BatchWriteItem");
    stackOutputs(this, { ...files.outputs, RecordsTableName: records.tableName });
  }
}
