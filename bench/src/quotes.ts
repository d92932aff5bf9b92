import { quote, repeats, TABLE } from "./quoted-figures.ts";
import type { Results } from "./results.ts";

/** A place of a page that quotes a figure. */
interface Quote {
  /** The figure's name. */
  readonly name: string;
  /** The text that the page has. */
  readonly text: string;
  /** Where it begins, as an offset. */
  readonly offset: number;
}

/** `<!-- figure: NAME -->text<!-- /figure -->`; in MDX with the comments that it takes. In code it is only an example. */
const QUOTE =
  /(?<!`)(<!-- figure: ([\w.-]+) -->|\{\/\* figure: ([\w.-]+) \*\/\})([\s\S]*?)(<!-- \/figure -->|\{\/\* \/figure \*\/\})/g;

/** Figures that are measured, wherever they are written: speeds, ratios, times below a microsecond. */
const MEASURED =
  /\d\s?(?:ns|µs)\b|\d\s(?:keys|records|messages|steps|hops)\/s|\d(?: times| x) (?:as|the)\b|\bkB gzip|\babout \d[\d,]* MB/g;

/** The places of a page that quote a figure. */
function quotesIn(page: string): Quote[] {
  return [...page.matchAll(QUOTE)].map(({ 2: html, 3: mdx, 4: text = "", index }) => ({
    name: html ?? mdx ?? "",
    text,
    offset: index,
  }));
}

/** A page with its figures written anew from the results. */
export function withFigures(page: string, results: Results): string {
  return page.replace(QUOTE, (_, begin: string, html?: string, mdx?: string, __?: string, end?: string) =>
    [begin, quote(html ?? mdx ?? "", results), end].join(""),
  );
}

/** A fault of a quoted figure. */
export interface QuoteFault {
  readonly offset: number;
  readonly message: string;
}

/** Finds figures of a page that are not those of the results, or have no command beside them. */
export function quoteFaults(page: string, results: Results): QuoteFault[] {
  return quotesIn(page).flatMap(({ name, text, offset }) => {
    try {
      const expected = quote(name, results);
      if (text !== expected) {
        const [is, expects] = firstDifference(text, expected);
        return [{ offset, message: `It says "${is}", and bench/results.json "${expects}": npm run figures.` }];
      }
      const isRepeatable = name === TABLE || paragraphAt(page, offset).includes(repeats(name));
      return isRepeatable ? [] : [{ offset, message: `Beside the figure ${name} there is no \`${repeats(name)}\`.` }];
    } catch (error) {
      return [{ offset, message: (error as Error).message }];
    }
  });
}

/** Finds figures in a page's text that look measured and are written by hand. */
export function unquotedFigures(page: string): QuoteFault[] {
  const blank = (text: string) => text.replace(/[^\n]/g, " ");
  const prose = page.replace(QUOTE, blank).replace(/^(?:```|~~~)[\s\S]*?^(?:```|~~~)|`[^`\n]+`/gm, blank);
  return [...prose.matchAll(MEASURED)].map(({ 0: figure, index }) => ({
    offset: index,
    message: `"${figure}" looks measured, and no bench writes it: quote it by <!-- figure: NAME -->.`,
  }));
}

/** The first line in which two texts differ. */
function firstDifference(text: string, expected: string): readonly [string, string] {
  const [lines, expectedLines] = [text.split("\n"), expected.split("\n")];
  const at = Math.max(
    lines.findIndex((line, at) => line !== expectedLines[at]),
    lines.length < expectedLines.length ? lines.length - 1 : 0,
  );
  return [lines[at] ?? "", expectedLines[at] ?? ""];
}

function paragraphAt(page: string, offset: number): string {
  const [from, to] = [page.lastIndexOf("\n\n", offset), page.indexOf("\n\n", offset)];
  return page.slice(Math.max(0, from), to < 0 ? undefined : to);
}
