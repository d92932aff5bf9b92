import { describeKilledHops } from "./killed-hops.ts";

// A first hop is received from the queue, whichever way runs continue.
describeKilledHops("lambda", ({ hop }) => hop !== 0);
