/** Faults that the lane plants in itself, to be seen red: by name, what each does. */
export const PLANTS = {
  lost: "deletes a stored record of every tenth item before it is checked",
  leak: "keeps 300 kB of each item for ever",
  handle: "leaves a timer running after the stop",
  process: "leaves a function instance's process running after the stop",
} as const;

/** One of {@link PLANTS}. */
export type Plant = keyof typeof PLANTS;

/** Whether a text names one. */
export function isPlant(name: string): name is Plant {
  return Object.hasOwn(PLANTS, name);
}
