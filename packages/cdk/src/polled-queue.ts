import { Duration } from "aws-cdk-lib";
import { Alarm, ComparisonOperator, type IAlarmAction, Stats, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { type IQueue, Queue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { keptQueue } from "./kept-queue.ts";

/** Props of {@link PolledQueue}. All but `alarmsAt` and `maxReceiveCount` go to the functions as settings. */
export interface PolledQueueProps {
  /** Name of the processor of its messages, in `processors` of `pollingFleet()`. Default: the only one there is. */
  readonly processor?: string;
  /** Loops that always run. Default: 1. */
  readonly minLoops?: number;
  /** Most loops. Default: 10. */
  readonly maxLoops?: number;
  /** Loops that each alarm brings. Default: 1. */
  readonly growBy?: number;
  /** For how long after an alarm has brought loops the same alarm brings no others. Default: 60. */
  readonly cooldownSeconds?: number;
  /** Messages of one poll, 1 to 10. Default: 10. */
  readonly batchSize?: number;
  /** How long a message stays hidden before it comes back; extended while it is worked on. Default: 60. */
  readonly visibilitySeconds?: number;
  /** How long one message may take before it has failed. Default: five times `visibilitySeconds`. */
  readonly messageTimeoutSeconds?: number;
  /** Numbers of waiting messages above which an alarm brings another loop. Default: 100, 1,000 and 10,000. */
  readonly alarmsAt?: readonly number[];
  /** How often a message is tried before it goes to the dead letters. Default: 5. */
  readonly maxReceiveCount?: number;
}

/** A queue for loops, with its dead letters and an alarm for each of several depths. */
export class PolledQueue extends Construct {
  readonly queue: IQueue;
  readonly deadLetters: IQueue;
  readonly alarms: readonly Alarm[];
  /** Its settings, as the functions read them. */
  readonly settings: Readonly<Record<string, unknown>>;

  constructor(scope: Construct, id: string, props: PolledQueueProps) {
    super(scope, id);
    const { alarmsAt = [100, 1_000, 10_000], maxReceiveCount = 5, ...settings } = props;
    this.deadLetters = new Queue(this, "DeadLetters", keptQueue);
    this.queue = new Queue(this, "Queue", {
      ...keptQueue,
      visibilityTimeout: Duration.seconds(props.visibilitySeconds ?? 60),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount },
    });
    this.settings = { queueUrl: this.queue.queueUrl, ...settings };
    this.alarms = alarmsAt.map((depth) => this.alarmAt(depth));
  }

  /** Sets what each alarm calls when it begins, and when it is over. */
  onChange(up: IAlarmAction, down: IAlarmAction): void {
    for (const alarm of this.alarms) {
      alarm.addAlarmAction(up);
      alarm.addOkAction(down);
    }
  }

  private alarmAt(depth: number): Alarm {
    return new Alarm(this, `Above${depth}`, {
      alarmDescription: `More than ${depth} messages wait: another loop, until there are fewer`,
      metric: this.queue.metricApproximateNumberOfMessagesVisible({
        period: Duration.minutes(1),
        statistic: Stats.MAXIMUM,
      }),
      threshold: depth,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      // SQS stops telling of queues that nobody uses for hours; such a queue is no reason for an alarm.
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }
}
