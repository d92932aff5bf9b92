/** A sample that the pages ask for and that is not there. It fails the build. */
export class SampleError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "SampleError";
  }
}

const MARK = /^\s*(?:\/\/|#)\s*#(region|endregion)\b\s*(.*?)\s*$/;

/**
 * The lines between `// #region NAME` and its `// #endregion`, without the marks of regions inside and without the
 * indentation that all lines share. Without a name: the whole file.
 *
 * @throws {@link SampleError} if there is no such region, or more than one, or it is not closed or empty.
 */
export function regionOf(file: string, text: string, region?: string): string {
  const kept: string[] = [];
  const open: string[] = [];
  let found = 0;
  for (const line of text.split("\n")) {
    const [, kind, name = ""] = MARK.exec(line) ?? [];
    if (kind === "region") {
      open.push(name);
      if (name === region) found++;
    } else if (kind === "endregion") {
      const closed = open.pop();
      if (closed === undefined) throw new SampleError(`${file}: a region is closed that was not opened.`);
      if (name !== "" && name !== closed) throw new SampleError(`${file}: region "${closed}" is closed as "${name}".`);
    } else if (region === undefined || open.includes(region)) {
      kept.push(line);
    }
  }
  if (open.length > 0) throw new SampleError(`${file}: region "${open.at(-1)}" is not closed.`);
  if (region !== undefined && found !== 1) {
    throw new SampleError(`${file} has ${found === 0 ? "no region" : `${found} regions`} "${region}".`);
  }
  const sample = dedented(kept);
  if (sample === "")
    throw new SampleError(`${file}: ${region === undefined ? "the file" : `region "${region}"`} is empty.`);
  return sample;
}

function dedented(lines: readonly string[]): string {
  const indents = lines.filter((line) => line.trim() !== "").map((line) => line.search(/\S/));
  const shared = Math.min(...indents);
  return lines
    .map((line) => line.slice(shared))
    .join("\n")
    .trim();
}
