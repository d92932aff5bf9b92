/** Namespace of S3's request and response documents. */
const S3_NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/";

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
const SPECIAL = /[&<>"\u0000-\u001f\u007f\ufffe\uffff]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
const EACH_SPECIAL = /[&<>"\u0000-\u001f\u007f\ufffe\uffff]/g;

/**
 * Escapes text for an XML element. Control characters become numeric references, as S3 writes them: not valid XML 1.0,
 * which is why `EncodingType=url` exists.
 */
export function escapeXml(text: string): string {
  return SPECIAL.test(text) ? text.replace(EACH_SPECIAL, reference) : text;
}

function reference(character: string): string {
  switch (character) {
    case "&":
      return "&amp;";
    case "<":
      return "&lt;";
    case ">":
      return "&gt;";
    case '"':
      return "&quot;";
    default:
      return `&#x${character.charCodeAt(0).toString(16)};`;
  }
}

/** `<name>text</name>` with the text escaped; nothing for `undefined`. */
export function element(name: string, text: string | number | boolean | undefined): string {
  return text === undefined ? "" : `<${name}>${escapeXml(String(text))}</${name}>`;
}

/** A whole S3 document: declaration, root element in S3's namespace, content already escaped. */
export function xmlDocument(root: string, content: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="${S3_NAMESPACE}">${content}</${root}>`;
}

/**
 * URL-encodes text the way S3 does in listings with `EncodingType=url` and in event notifications: space becomes `+`,
 * `/` stays, the rest as in `application/x-www-form-urlencoded`.
 */
export function urlEncodeLikeS3(text: string): string {
  if (/^[A-Za-z0-9_.*/-]*$/.test(text)) return text;
  return encodeURIComponent(text)
    .replace(/%20/g, "+")
    .replace(/%2F/g, "/")
    .replace(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}
