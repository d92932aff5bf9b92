/** The plainest CSV parser there is: the whole text, one character after the other. Rows of nothing are passed over. */
export function csvRows(text: string, delimiter: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let field = "";
  let isQuoted = false;
  const content = text.startsWith("\uFEFF") ? text.slice(1) : text;
  for (let i = 0; i < content.length; i++) {
    const sign = content[i] as string;
    if (isQuoted) {
      if (sign !== '"') field += sign;
      else if (content[i + 1] === '"') field += content[++i];
      else isQuoted = false;
    } else if (sign === '"') isQuoted = true;
    else if (sign === delimiter) {
      row.push(field);
      field = "";
    } else if (sign === "\n" || (sign === "\r" && content[i + 1] === "\n")) {
      if (sign === "\r") i++;
      rows.push([...row, field]);
      row = [];
      field = "";
    } else field += sign;
  }
  if (field !== "" || row.length > 0) rows.push([...row, field]);
  return rows.filter((cells) => cells.length > 1 || cells[0] !== "");
}
