/** Length in metric seconds of the period in which queues publish and alarms are looked at. */
export const minuteSeconds = 60;

/**
 * Time as metrics count it: whole seconds that pass `scale` times as fast as the clock's. Periods are given in these
 * seconds; every moment that is shown or stored stays one of the clock, so that handlers may compare it with their own.
 */
export interface MetricTime {
  /** The metric second that a moment of the clock falls into. */
  secondOf(ms: number): number;
  /** The first moment of the clock, in ms, that falls into a metric second. */
  msOf(second: number): number;
}

/** @param scale - 1 is real time; at 60, a period of one minute lasts one second. */
export function createMetricTime(scale: number): MetricTime {
  return {
    secondOf: (ms) => Math.floor((ms * scale) / 1000),
    msOf: (second) => Math.ceil((second * 1000) / scale),
  };
}

/** The last full minute's end at or before a metric second. */
export function minuteStart(second: number): number {
  return Math.floor(second / minuteSeconds) * minuteSeconds;
}
