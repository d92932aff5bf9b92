import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { SNSClient } from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";
import { outsideCredentials } from "../../src/gateway/credentials.ts";

/** An independent implementation that is up, as the runner of this lane tells the tests of it. */
export interface Peer {
  readonly name: PeerName;
  readonly url: string;
}

/** Independent implementations of AWS's services. */
export type PeerName = "moto" | "ElasticMQ" | "DynamoDB Local";

/** The variable in which the runner passes on the peers that are up, as JSON. */
export const PEERS_VARIABLE = "LONGHAUL_PEER_ENDPOINTS";

/** The peers that are up. */
export function peersUp(): readonly Peer[] {
  return JSON.parse(process.env[PEERS_VARIABLE] ?? "[]") as readonly Peer[];
}

/** The SDK's clients for a peer, each as its conformance table asks for it. */
export function clientsFor({ url }: Pick<Peer, "url">) {
  const config = { endpoint: url, region: "us-east-1", credentials: outsideCredentials, maxAttempts: 1 };
  return {
    s3: new S3Client({ ...config, forcePathStyle: true }),
    // A peer may name its queues by an address of its own.
    sqs: new SQSClient({ ...config, useQueueUrlAsEndpoint: false }),
    sns: new SNSClient(config),
    dynamodb: new DynamoDBClient(config),
    cloudwatch: new CloudWatchClient(config),
  };
}
