/** Runs that wake on time, by one-off schedules of EventBridge Scheduler. Needs `@aws-sdk/client-scheduler`. */
export { type SchedulerDriverOptions, schedulerDriver } from "./recursion/scheduler-driver.ts";
