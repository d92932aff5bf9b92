import { EventBus, type IEventBus, type IRuleTarget, Rule } from "aws-cdk-lib/aws-events";
import { SnsTopic } from "aws-cdk-lib/aws-events-targets";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import { Construct } from "constructs";
import { InvalidPropError } from "./errors.ts";
import type { RecursiveFunction } from "./recursive-function.ts";

/** The ends that a run can have. */
export type RunEndStatus = "done" | "stopped" | "failed";

/** Props of {@link RunEvents}. */
export interface RunEventsProps {
  /** The functions whose runs are told of. Their handlers need `onEnd: endEvents()` of `@longhaul/core/end-events`. */
  readonly functions: readonly RecursiveFunction[];
  /** The event bus. Default: the account's own, `default`. */
  readonly bus?: IEventBus | EventBus;
  /** A topic that is told of each end in {@link RunEventsProps.topicStatuses}. Default: none. */
  readonly topic?: ITopic;
  /** The ends that the topic is told of. Default: `["failed"]`. */
  readonly topicStatuses?: readonly RunEndStatus[];
}

const ALL: readonly RunEndStatus[] = ["done", "stopped", "failed"];

/**
 * Tells an event bus, and a topic if there is one, how runs end: at least once, after the record says so. Grants the
 * functions to put events and names the bus to them, in the variable `LONGHAUL_EVENT_BUS`.
 *
 * @example
 * ```ts
 * const ends = new RunEvents(this, "RunEvents", { functions: [worker], topic: oncall });
 * ends.onEnd("Bill", new LambdaFunction(bill), ["done"]);
 * ```
 *
 * @throws {@link InvalidPropError} if there is no function, or the topic is to be told of no end.
 */
export class RunEvents extends Construct {
  /** The event bus. */
  readonly bus: IEventBus | EventBus;
  readonly #functionNames: readonly string[];

  constructor(scope: Construct, id: string, { functions, bus, topic, topicStatuses = ["failed"] }: RunEventsProps) {
    super(scope, id);
    if (functions.length === 0) {
      throw new InvalidPropError(this.node.path, "functions", "must have at least one function.");
    }
    this.bus = bus ?? EventBus.fromEventBusName(this, "Bus", "default");
    for (const worker of functions) {
      this.bus.grantPutEventsTo(worker.function);
      worker.function.addEnvironment("LONGHAUL_EVENT_BUS", this.bus.eventBusName);
    }
    this.#functionNames = functions.map((worker) => worker.function.functionName);
    if (topic) this.onEnd("Topic", new SnsTopic(topic), topicStatuses);
  }

  /** Sends the events of runs that ended so to a target. Default: of all runs. The rule is a part of this construct. */
  onEnd(id: string, target: IRuleTarget, statuses: readonly RunEndStatus[] = ALL): Rule {
    if (statuses.length === 0) throw new InvalidPropError(this.node.path, "topicStatuses", "must name an end.");
    return new Rule(this, id, {
      eventBus: this.bus,
      eventPattern: {
        source: ["longhaul"],
        detailType: ["Run Ended"],
        detail: { functionName: [...this.#functionNames], status: [...statuses] },
      },
      targets: [target],
    });
  }
}
