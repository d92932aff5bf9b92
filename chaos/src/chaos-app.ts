import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { LambdaClient } from "@aws-sdk/client-lambda";
import type { S3Client } from "@aws-sdk/client-s3";
import type { SQSClient } from "@aws-sdk/client-sqs";
import type { FaultyCall } from "@longhaul/local";

/** Clients that call from outside: their calls do not fail. */
export interface Clients {
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  readonly dynamodb: DynamoDBClient;
  readonly lambda: LambdaClient;
}

/** Where an app is deployed. */
export interface Site extends Clients {
  /** The outputs of its stack. */
  readonly outputs: Readonly<Record<string, string>>;
  /** `onLine` is called with each line of JSON that its functions log. */
  readonly lines: { onLine(line: string): void };
}

/** How far an app is. */
export interface Progress {
  readonly begun: number;
  readonly done: number;
}

/** A queue of dead letters, and what may be in it. */
export interface DeadLetterQueue {
  readonly name: string;
  readonly url: string;
  /** How many messages were poisoned on purpose and have to be there. */
  readonly poisoned: number;
  isPoison(body: string): boolean;
}

/** The work of an app under chaos. */
export interface Work {
  /** Begins one more unit: an object, a file, a walk, a burst of messages. */
  add(): Promise<void>;
  look(): Promise<Progress>;
  /**
   * Compares what was made with what was given, by means that are not the app's. Answers with what is wrong.
   * Called when all units are done.
   */
  check(): Promise<readonly string[]>;
  readonly deadLetters: readonly DeadLetterQueue[];
  /** Ends what does not end by itself. */
  end?(): Promise<void>;
}

/** An app, as the lane tries it. */
export interface ChaosApp {
  /** Its folder below `packages/`. */
  readonly name: string;
  /** The name of its units of work, in the plural. */
  readonly units: string;
  /** Most units at a time. */
  readonly atOnce: number;
  /** Context of its CDK program: hops of seconds, more on a machine that is so many times slower than a quiet one. */
  context(slowness: number): Readonly<Record<string, unknown>>;
  /** Variables of all its functions: periods of seconds, and work that takes several hops. */
  environment(slowness: number): Readonly<Record<string, string>>;
  /** Whether a function, role or queue is its own, by name or ARN. */
  isOurs(nameOrArn: string): boolean;
  /** Whether a call of its functions may be left without an answer. Default: each may. */
  mayBeSilent?(call: FaultyCall): boolean;
  /** Makes what the stack takes for granted. */
  prepare?(clients: Clients): Promise<void>;
  /** Begins with the poison that it has to set aside. */
  begin(site: Site, seed: number): Promise<Work>;
}

/** How long a hop of an app may take, in seconds: each unit of work takes several. */
export function hopSeconds(slowness: number): number {
  return 8 * slowness;
}

/** Whether a name or ARN is of a stack. */
export function ofStack(stack: string): (nameOrArn: string) => boolean {
  const wanted = stack.toLowerCase();
  return (nameOrArn) => nameOrArn.toLowerCase().includes(wanted);
}
