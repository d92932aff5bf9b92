import type { CloudWatchService } from "../../cloudwatch/cloudwatch.ts";
import type { DynamoDbService } from "../../dynamodb/dynamodb.ts";
import type { EventSourceMappings } from "../../event-sources/event-source-mappings.ts";
import type { EventBus } from "../../events/event-bus.ts";
import type { LambdaService } from "../../lambda/lambda.ts";
import type { S3Service } from "../../s3/s3.ts";
import type { SchedulerService } from "../../scheduler/scheduler.ts";
import type { SnsService } from "../../sns/sns.ts";
import type { SqsService } from "../../sqs/sqs.ts";
import type { AssetCode } from "../asset-code.ts";
import type { ResourceAddress } from "../deployment-error.ts";
import type { PropertyReader } from "../property-reader.ts";
import type { Roles } from "../roles.ts";

/** The services that stacks are deployed to. */
export interface DeploymentServices {
  readonly s3: S3Service;
  readonly lambda: LambdaService;
  readonly sqs: SqsService;
  readonly sns: SnsService;
  readonly dynamodb: DynamoDbService;
  readonly events: EventBus;
  readonly cloudwatch: CloudWatchService;
  readonly eventSources: EventSourceMappings;
  readonly roles: Roles;
  readonly scheduler: SchedulerService;
}

/** Changes to a function for a demo or test, without touching its template. */
export interface FunctionOverride {
  /** Fractions are allowed. */
  readonly timeoutSeconds?: number;
  /** Added to, and before, the template's variables. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** The context in which a resource is made. */
export interface ResourceContext {
  readonly resource: ResourceAddress;
  readonly region: string;
  readonly accountId: string;
  readonly services: DeploymentServices;
  readonly assets: AssetCode;
  /** This resource as the previous deployment of the stack made it. */
  readonly previous: CreatedResource | undefined;
  /** The override for a function, by logical id. */
  readonly overrideFor: (logicalId: string) => FunctionOverride;
  /** Takes back what the resource came to, if the deployment fails later. Call it right after something was made. */
  undo(step: () => unknown): void;
  /** The name the template gives, or one made from stack and logical id. */
  name(given: string | undefined, maxLength: number): string;
}

/** A resource that was made, and how it is listed. */
export interface CreatedResource {
  /** Value of `Ref`. */
  readonly ref: string;
  /** Values of `Fn::GetAtt`. */
  readonly attributes?: Readonly<Record<string, string>>;
  /** It was skipped: it has whatever attribute it is asked for, and all are made up. */
  readonly isSkipped?: boolean;
  /** For the deployment's summary. */
  readonly listed?: {
    readonly as: "functions" | "buckets" | "tables" | "queues" | "topics";
    readonly name: string;
  };
}

/** Makes resources of one type. Whatever property it does not read is refused by name. */
export type ResourceMaker = (
  context: ResourceContext,
  properties: PropertyReader,
) => CreatedResource | Promise<CreatedResource>;
