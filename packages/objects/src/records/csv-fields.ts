import { RecordFaultError } from "./record-fault.ts";

/**
 * The fields of one CSV record, quotes taken off.
 * @throws RecordFaultError for a quote where none may be.
 */
export function csvFields(text: string, delimiter: string): string[] {
  if (!text.includes('"')) return text.split(delimiter);
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    if (text.charCodeAt(at) === 0x22) {
      let from = at + 1;
      let to = text.indexOf('"', from);
      let field = "";
      while (to !== -1 && text.charCodeAt(to + 1) === 0x22) {
        field += text.slice(from, to + 1);
        from = to + 2;
        to = text.indexOf('"', from);
      }
      if (to === -1) throw new RecordFaultError("csv-unterminated-quote");
      fields.push(field + text.slice(from, to));
      at = to + 1;
      if (at === text.length) return fields;
      if (text[at] !== delimiter) throw new RecordFaultError("csv-lone-quote");
    } else {
      const to = text.indexOf(delimiter, at);
      const field = to === -1 ? text.slice(at) : text.slice(at, to);
      if (field.includes('"')) throw new RecordFaultError("csv-lone-quote");
      fields.push(field);
      if (to === -1) return fields;
      at = to;
    }
    at++;
  }
}
