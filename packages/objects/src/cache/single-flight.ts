interface Flight<T> {
  readonly answer: Promise<T>;
  readonly controller: AbortController;
  waiting: number;
}

/**
 * Lets callers that want the same thing at the same time share one piece of work. The work is aborted when the last
 * caller that waits for it has been aborted, so one run that stops early never takes another's download with it.
 */
export class SingleFlight<T> {
  readonly #flights = new Map<string, Flight<T>>();

  /** Joins the work under way for `name`, or starts it. Rejects with `signal`'s reason if that is aborted first. */
  async run(name: string, work: (signal: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted();
    const flight = this.#flights.get(name) ?? this.#start(name, work);
    flight.waiting++;
    let leave: (() => void) | undefined;
    try {
      if (signal === undefined) return await flight.answer;
      const left = new Promise<never>((_, reject) => {
        leave = () => reject(signal.reason);
        signal.addEventListener("abort", leave);
      });
      return await Promise.race([flight.answer, left]);
    } finally {
      if (leave !== undefined) signal?.removeEventListener("abort", leave);
      flight.waiting--;
      if (flight.waiting === 0 && this.#flights.get(name) === flight) {
        this.#flights.delete(name);
        flight.controller.abort(signal?.reason);
      }
    }
  }

  #start(name: string, work: (signal: AbortSignal) => Promise<T>): Flight<T> {
    const controller = new AbortController();
    const land = (): void => {
      if (this.#flights.get(name) === flight) this.#flights.delete(name);
    };
    const answer = work(controller.signal).finally(land);
    answer.catch(() => {}); // callers that were aborted no longer listen
    const flight: Flight<T> = { answer, controller, waiting: 0 };
    this.#flights.set(name, flight);
    return flight;
  }
}
