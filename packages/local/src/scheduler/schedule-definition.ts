/** Where a schedule sends its event, and the role it acts with. */
export interface ScheduleTarget {
  readonly arn: string;
  /** Role that EventBridge Scheduler assumes; it needs the permission for what is done. */
  readonly roleArn: string;
  /** Sent as it is, its context attributes filled in. Default: an event that says which schedule fell due. */
  readonly input?: string;
  /** Queue that receives events which could not be delivered. */
  readonly deadLetterArn?: string;
  /** Group of messages to a queue. */
  readonly groupId?: string;
  /** Type and source of an event on an event bus. Needed for event buses, and for nothing else. */
  readonly busEvent?: { readonly detailType: string; readonly source: string };
  readonly retryPolicy: ScheduleRetryPolicy;
}

/** How often, and how long, AWS would try a delivery again. Here a delivery works at once or never. */
export interface ScheduleRetryPolicy {
  /** 60 to 86,400. */
  readonly maxAgeSeconds: number;
  /** 0 to 185. */
  readonly maxRetries: number;
}

/** A schedule of EventBridge Scheduler, as somebody defined it. */
export interface ScheduleDefinition {
  /** Name of its group. */
  readonly group: string;
  readonly name: string;
  /** `at(...)`, `rate(...)` or `cron(...)`. */
  readonly expression: string;
  /** IANA name of the time zone that `at(...)` and `cron(...)` are in. */
  readonly timeZone: string;
  /** Nothing falls due before. */
  readonly startMs?: number;
  /** Nothing falls due after. */
  readonly endMs?: number;
  readonly description?: string;
  readonly kmsKeyArn?: string;
  readonly isEnabled: boolean;
  /** Minutes of its window, which is used at its beginning. `undefined`: it has none. */
  readonly windowMinutes?: number;
  /** Whether it is deleted after it fell due for the last time. */
  readonly isDeletedAfterwards: boolean;
  readonly target: ScheduleTarget;
}

/** The retry policy of a schedule that names none. */
export const DEFAULT_RETRY_POLICY: ScheduleRetryPolicy = { maxAgeSeconds: 86_400, maxRetries: 185 };
