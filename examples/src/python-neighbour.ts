import { callerDriver, recursive } from "@longhaul/core";

// The state has a key of its own, so that a handler in another language can take a hop: see python/neighbour.py. The caller,
// such as a state machine, invokes one or the other with the continuation.
export const handler = recursive({
  state: { key: "position" },
  driver: callerDriver(),
  start: (_event: { items: number }) => 0,
  async *run(position: number, { event, signal }) {
    for (let item = position; item < event.items; item++) {
      await fetch(`https://example.com/items/${item}`, { method: "PUT", signal });
      yield item + 1;
    }
    return `${event.items} items`;
  },
});
