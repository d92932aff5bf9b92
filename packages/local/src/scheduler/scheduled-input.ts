/** The values of the keywords in the input of a schedule. */
interface Execution {
  readonly scheduleArn: string;
  readonly atMs: number;
  readonly executionId: string;
}

/**
 * Fills in the context attributes of EventBridge Scheduler, such as `<aws.scheduler.scheduled-time>`.
 *
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
 */
export function fillScheduledInput(input: string, { scheduleArn, atMs, executionId }: Execution): string {
  const values: Readonly<Record<string, string>> = {
    "schedule-arn": scheduleArn,
    "scheduled-time": `${new Date(atMs).toISOString().slice(0, 19)}Z`,
    "execution-id": executionId,
    "attempt-number": "1",
  };
  return input.replace(/<aws\.scheduler\.([a-z-]+)>/g, (keyword, name: string) => values[name] ?? keyword);
}
