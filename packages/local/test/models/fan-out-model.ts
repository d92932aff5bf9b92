/** A condition on one text, as filter policies and event patterns share it. */
export type TextCondition = string | { readonly prefix: string } | { readonly "anything-but": readonly string[] };

/** Texts that must fulfil one of their conditions each. */
export type TextFilter = Readonly<Record<string, readonly TextCondition[]>>;

/** A subscription of a topic, or a target of a rule. */
export interface ModelTarget {
  readonly arn: string;
  /** Nothing is filtered without it. */
  readonly filter: TextFilter | undefined;
  readonly deadLetterArn: string | undefined;
  /** A rule may be off. */
  readonly isEnabled: boolean;
}

/** Whether texts fulfil a filter: https://docs.aws.amazon.com/sns/latest/dg/string-value-matching.html */
function fulfils(filter: TextFilter, texts: Readonly<Record<string, string>>): boolean {
  return Object.entries(filter).every(([name, conditions]) => {
    const text = texts[name];
    if (text === undefined) return false;
    return conditions.some((condition) => {
      if (typeof condition === "string") return condition === text;
      if ("prefix" in condition) return text.startsWith(condition.prefix);
      return !condition["anything-but"].includes(text);
    });
  });
}

/** Sends each message to all whose filters it fulfils; what one cannot take goes to its own dead-letter queue. */
export class FanOutModel {
  readonly targets = new Map<string, ModelTarget>();
  /** Targets that take nothing. */
  readonly unreachable = new Set<string>();
  /** `arn message`, in any order. */
  readonly delivered: string[] = [];
  /** Targets whose deliveries failed. */
  readonly failed: string[] = [];

  publish(message: string, texts: Readonly<Record<string, string>>): void {
    for (const { arn, filter, deadLetterArn, isEnabled } of this.targets.values()) {
      if (!isEnabled || (filter && !fulfils(filter, texts))) continue;
      if (!this.unreachable.has(arn)) this.delivered.push(`${arn} ${message}`);
      else if (deadLetterArn === undefined) this.failed.push(arn);
      else if (this.unreachable.has(deadLetterArn)) this.failed.push(deadLetterArn);
      else this.delivered.push(`${deadLetterArn} ${message}`);
    }
  }
}
