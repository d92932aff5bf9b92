/** Tells whether a text has the form of a wildcard. */
export type Wildcard = (text: string) => boolean;

/**
 * Compiles a wildcard: `*` is any text, also none; a backslash takes the meaning from `*` and from itself. It is matched in
 * time linear to the text.
 *
 * @param refuse - throws; the reason is in AWS's words.
 */
export function compileWildcard(pattern: string, refuse: (reason: string) => never): Wildcard {
  const parts: string[] = [];
  let part = "";
  for (let index = 0; index < pattern.length; index += 1) {
    let character = pattern[index];
    if (character === "*") {
      if (pattern[index + 1] === "*") refuse(`Consecutive wildcard characters at pos ${index}`);
      parts.push(part);
      part = "";
      continue;
    }
    if (character === "\\") {
      character = pattern[index + 1];
      if (character !== "*" && character !== "\\") refuse(`Invalid escape character at pos ${index}`);
      index += 1;
    }
    part += character;
  }
  const [first, ...rest] = parts;
  const last = part;
  if (first === undefined) return (text) => text === last;
  return (text) => {
    if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false;
    const end = text.length - last.length;
    let at = first.length;
    for (const middle of rest) {
      const found = text.indexOf(middle, at);
      if (found < 0 || found + middle.length > end) return false;
      at = found + middle.length;
    }
    return true;
  };
}
