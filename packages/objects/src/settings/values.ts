import * as v from "valibot";

/** A whole number above 0, also as text. */
export function wholeNumber(max = Number.MAX_SAFE_INTEGER) {
  const rule = max === Number.MAX_SAFE_INTEGER ? "a whole number above 0" : `a whole number from 1 to ${max}`;
  return v.pipe(
    v.union([v.number(), v.string()], `must be ${rule}`),
    v.transform(Number),
    v.check((value) => Number.isSafeInteger(value) && value > 0 && value <= max, `must be ${rule}`),
  );
}

/** A whole number above 0, or no limit. */
export function limit() {
  return v.union([v.literal(Number.POSITIVE_INFINITY), wholeNumber()], "must be a whole number above 0");
}

/** A whole number above 0, or `learned`. */
export function learnedOrMs() {
  return v.union([v.literal("learned"), wholeNumber()], "must be learned or a whole number of milliseconds above 0");
}

/** One of a few words. */
export function oneOf<const Choices extends readonly [string, ...string[]]>(choices: Choices) {
  return v.picklist(choices, `must be ${choices.join(" or ")}`);
}

/** A text that is not empty; `what` says what it names. */
export function nameOf(what: string) {
  const rule = `must be the name of ${what}`;
  return v.pipe(v.string(rule), v.nonEmpty(rule));
}

/** Names for characters that are hard to write in an environment. */
const delimiterNames: Readonly<Record<string, string>> = { comma: ",", semicolon: ";", tab: "\t", pipe: "|" };

/** The character between the fields of CSV: itself, or its name. */
export function csvDelimiter() {
  const rule = "must be comma, semicolon, tab, pipe or one ASCII character";
  return v.pipe(
    v.string(rule),
    v.transform((text) => delimiterNames[text] ?? text),
    v.regex(/^[\t !#-~]$/, rule),
  );
}
