/** Colours, if the stream is a terminal that wants them (`NO_COLOR`, `FORCE_COLOR`: https://no-color.org). */
export interface Paint {
  bold(text: string): string;
  dim(text: string): string;
  green(text: string): string;
  red(text: string): string;
  yellow(text: string): string;
  blue(text: string): string;
}

/** Whether the stream should be coloured. */
export function wantsColor(stream: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== "0";
  return stream.isTTY === true && env.TERM !== "dumb";
}

/** Paints, or leaves text as it is. */
export function paintFor(isColored: boolean): Paint {
  const style = (open: number, close: number) => (text: string) =>
    isColored ? `\x1b[${open}m${text}\x1b[${close}m` : text;
  return {
    bold: style(1, 22),
    dim: style(2, 22),
    green: style(32, 39),
    red: style(31, 39),
    yellow: style(33, 39),
    blue: style(34, 39),
  };
}

/** A place to write progress to: lines that stay, and on a terminal one last line that is redrawn. */
export interface Screen {
  readonly paint: Paint;
  readonly isLive: boolean;
  /** Writes a line that stays. */
  line(text: string): void;
  /** Redraws the last line; nothing where there is no terminal. */
  status(text: string): void;
}

/** A screen on a stream. */
export function screenOn(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv = process.env): Screen {
  const isLive = stream.isTTY === true && env.TERM !== "dumb";
  let shown = "";
  const clear = () => (shown ? "\r\x1b[2K" : "");
  return {
    paint: paintFor(wantsColor(stream, env)),
    isLive,
    line(text) {
      stream.write(`${isLive ? clear() : ""}${text}\n${isLive ? shown : ""}`);
    },
    status(text) {
      if (!isLive) return;
      const fitted = text.slice(0, Math.max(20, (stream.columns ?? 100) - 1));
      stream.write(`${clear()}${fitted}`);
      shown = fitted;
    },
  };
}

/** A bar of `width` cells, filled by `share` from 0 to 1. */
export function bar(share: number, width: number): string {
  const filled = Math.round(Math.min(1, Math.max(0, share)) * width);
  return "█".repeat(filled) + "░".repeat(width - filled);
}
