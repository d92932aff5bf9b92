/** A configuration that cannot work. */
export class ConfigFault extends Error {
  readonly code = "CONFIG_FAULT";
  /** Where the fault is, e.g. `queues[1].dispatch`. */
  readonly path: string;

  constructor(path: string, problem: string) {
    super(`${path} ${problem}`);
    this.name = "ConfigFault";
    this.path = path;
  }
}
