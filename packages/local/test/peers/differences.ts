import { differencesOfElasticMq } from "./differences-of-elasticmq.ts";
import { differencesOfMoto } from "./differences-of-moto.ts";
import type { PeerName } from "./peer.ts";

/** Services that peers serve too. */
export type PeerService = "S3" | "SQS" | "SNS" | "DynamoDB" | "CloudWatch";

/** Something that a peer does otherwise than AWS, for which it fails checks of a conformance table. */
export interface Difference {
  readonly service: PeerService;
  /** Names of the checks. */
  readonly checks: readonly string[];
  readonly peerDoes: string;
  /** The page of AWS's documentation that decides. */
  readonly page: string;
  /** It shows now and then only: the checks are not run on the peer, since nothing follows from them. */
  readonly isOccasional?: true;
}

/** All that is known; each check that is run must still fail, so that the list cannot grow stale. */
export const differences: Readonly<Record<PeerName, readonly Difference[]>> = {
  moto: differencesOfMoto,
  ElasticMQ: differencesOfElasticMq,
  "DynamoDB Local": [],
};
