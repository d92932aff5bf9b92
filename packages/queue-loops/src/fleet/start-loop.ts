/** The event that starts a loop, and that travels with it. */
export interface LoopEvent {
  readonly queueUrl: string;
  readonly token: string;
  readonly loopId: string;
}

/** Sends a loop's first event; answers whether it was taken. A loop that was not started is left to `restart`. */
export type StartLoop = (event: LoopEvent) => Promise<boolean>;
