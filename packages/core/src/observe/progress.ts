/** Counters the work reports, such as `{ records: 1200 }`. */
export type Progress = Readonly<Record<string, number>>;
