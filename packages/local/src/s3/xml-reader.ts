import { S3Error } from "./s3-error.ts";

/** An element of a request document: its name without prefix, its child elements, and its text. */
export interface XmlElement {
  readonly name: string;
  readonly children: readonly XmlElement[];
  readonly text: string;
}

const MAX_DEPTH = 32;
const TOKEN = /<\?[\s\S]*?\?>|<!--[\s\S]*?-->|<!\[CDATA\[([\s\S]*?)\]\]>|<(\/?)([^\s/>!?]+)([^>]*?)(\/?)>|([^<]+)/y;

interface OpenElement {
  readonly name: string;
  readonly children: XmlElement[];
  text: string;
}

/**
 * Reads the small XML documents that S3 requests carry. Attributes are skipped; document type declarations are refused,
 * so no entity can be defined.
 *
 * @throws S3Error `MalformedXML` for anything that is not one well-formed element.
 */
export function readXml(source: string): XmlElement {
  const stack: OpenElement[] = [{ name: "", children: [], text: "" }];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < source.length) {
    const match = TOKEN.exec(source);
    if (match === null) throw new S3Error("MalformedXML");
    const [, cdata, slash, qualified, , selfClosing, text] = match;
    const open = stack[stack.length - 1]!;
    if (cdata !== undefined) open.text += cdata;
    else if (text !== undefined) open.text += unescapeXml(text);
    else if (qualified !== undefined) {
      const name = qualified.slice(qualified.indexOf(":") + 1);
      if (slash === "/") {
        stack.pop();
        if (open.name !== name || stack.length === 0) throw new S3Error("MalformedXML");
        stack[stack.length - 1]!.children.push(open);
      } else if (selfClosing === "/") open.children.push({ name, children: [], text: "" });
      else if (stack.length > MAX_DEPTH) throw new S3Error("MalformedXML");
      else stack.push({ name, children: [], text: "" });
    }
  }
  const [document] = stack;
  if (stack.length !== 1 || document!.children.length !== 1 || document!.text.trim() !== "") {
    throw new S3Error("MalformedXML");
  }
  return document!.children[0]!;
}

const NAMED: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function unescapeXml(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(/&(#x[0-9a-fA-F]+|#[0-9]+|[a-z]+);|&/g, (_, entity: string | undefined) => {
    if (entity === undefined) throw new S3Error("MalformedXML");
    const named = NAMED[entity];
    if (named !== undefined) return named;
    const code = entity.startsWith("#x") ? Number.parseInt(entity.slice(2), 16) : Number.parseInt(entity.slice(1), 10);
    if (!(code <= 0x10ffff)) throw new S3Error("MalformedXML");
    return String.fromCodePoint(code);
  });
}

/** The children of that name. */
export function childrenNamed(parent: XmlElement, name: string): XmlElement[] {
  return parent.children.filter((child) => child.name === name);
}

/** The first child of that name, if any. */
export function childNamed(parent: XmlElement, name: string): XmlElement | undefined {
  return parent.children.find((child) => child.name === name);
}

/** The text of the first child of that name, if any. */
export function childText(parent: XmlElement, name: string): string | undefined {
  return childNamed(parent, name)?.text;
}
