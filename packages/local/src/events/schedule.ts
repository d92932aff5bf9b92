/** When something that is scheduled falls due. */
export interface Schedule {
  /** The first moment after `afterMs`; `undefined` if there is none any more. `startMs` is when the schedule was made. */
  next(afterMs: number, startMs: number): number | undefined;
}
