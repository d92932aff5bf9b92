/** A key as text that a terminal shows and does not obey: control and format characters become visible. */
export function printable(key: string): string {
  return key.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Surrogate}]/gu,
    (sign) => `\\u{${sign.codePointAt(0)?.toString(16)}}`,
  );
}

/** A text of so many columns at most; its middle is left out. */
export function shortened(text: string, columns: number): string {
  const characters = [...text];
  if (characters.length <= columns) return text;
  const end = Math.ceil((columns - 1) / 2);
  return [...characters.slice(0, columns - 1 - end), "…", ...characters.slice(-end)].join("");
}
