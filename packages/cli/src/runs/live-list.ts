/** A block of lines that is drawn again in its place. */
export class LiveList {
  readonly #stream: Pick<NodeJS.WriteStream, "write">;
  #height = 0;

  constructor(stream: Pick<NodeJS.WriteStream, "write">) {
    this.#stream = stream;
  }

  /** Draws the lines in place of those before. Each must fit into the terminal's width. */
  draw(lines: readonly string[]): void {
    const up = this.#height === 0 ? "" : `\x1b[${this.#height}A\x1b[J`;
    this.#stream.write(`${up}${lines.map((line) => `${line}\n`).join("")}`);
    this.#height = lines.length;
  }
}
