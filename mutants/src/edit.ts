/** The text after an edit, or why the edit does not apply. */
export type Edited = { readonly text: string } | { readonly problem: string };

/** Replaces the one occurrence of `from`. */
export function edit(text: string, from: string, to: string): Edited {
  const at = text.indexOf(from);
  if (at < 0) return { problem: `the text ${excerpt(from)} is not there any more` };
  if (text.indexOf(from, at + 1) >= 0) return { problem: `the text ${excerpt(from)} is there more than once` };
  return { text: text.slice(0, at) + to + text.slice(at + from.length) };
}

function excerpt(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 77)}...` : text);
}
