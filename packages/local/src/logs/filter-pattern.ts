import { logsErrors } from "./logs-error.ts";

/** Says whether a message passes a filter. */
export type LogFilter = (message: string) => boolean;

/** An optional sign, then a phrase in quotes or a word. */
const TERM = /([?-]?)(?:"((?:[^"\\]|\\.)*)"|([^\s"]+))(?=\s|$)/gy;
const WORD = /^[\p{L}\p{N}_]+$/u;

/**
 * Reads a filter pattern for unstructured text: each term has to occur, one of those with `?`, none of those with `-`.
 * A word is found as a word, a phrase in quotes anywhere. Case counts.
 *
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 *
 * @throws `InvalidParameterException` for a pattern that cannot be read, or of JSON, of fields in brackets, or of regular
 * expressions, which are not served.
 */
export function filterPattern(pattern: string): LogFilter {
  const text = pattern.trim();
  if (text === "") return () => true;
  if (/^[{[%]/.test(text)) {
    throw logsErrors.invalidParameter(
      "The embedded CloudWatch Logs serves filter patterns of terms alone, not of JSON, fields or regular expressions.",
    );
  }
  const terms = [...termsOf(text)];
  const signed = (sign: string) => terms.filter((term) => term.sign === sign);
  const [all, any, none] = [signed(""), signed("?"), signed("-")];
  return (message) =>
    all.every(({ occursIn }) => occursIn(message)) &&
    // Beside terms that have to occur, AWS leaves out those that may.
    (any.length === 0 || all.length > 0 || any.some(({ occursIn }) => occursIn(message))) &&
    !none.some(({ occursIn }) => occursIn(message));
}

interface Term {
  readonly sign: string;
  occursIn(message: string): boolean;
}

function* termsOf(text: string): Iterable<Term> {
  let at = 0;
  while (at < text.length) {
    TERM.lastIndex = at;
    const match = TERM.exec(text);
    if (!match) throw logsErrors.invalidParameter(`Invalid character(s) in term '${text.slice(at, at + 100)}'`);
    const [whole, sign = "", phrase, word = ""] = match;
    if (phrase === undefined && !WORD.test(word)) {
      throw logsErrors.invalidParameter(`Invalid character(s) in term '${word.slice(0, 100)}'`);
    }
    yield { sign, occursIn: phrase === undefined ? wordFinder(word) : phraseFinder(phrase) };
    at += whole.length;
    while (at < text.length && /\s/.test(text[at] ?? "")) at++;
  }
}

function phraseFinder(phrase: string): (message: string) => boolean {
  const text = phrase.replaceAll(/\\(.)/gs, "$1");
  return (message) => message.includes(text);
}

function wordFinder(word: string): (message: string) => boolean {
  const whole = new RegExp(`(?<![\\p{L}\\p{N}_])${word}(?![\\p{L}\\p{N}_])`, "u");
  return (message) => whole.test(message);
}
