import { CONTENT_POLICY } from "./filter.ts";
import { escapeHtml } from "./format.ts";
import { REPORT_STYLE } from "./style.ts";

/** A page that Longhaul writes. Header and main part are HTML. */
interface Page {
  /** Such as `Longhaul run`. */
  readonly kind: string;
  readonly title: string;
  /** The rest of the header, below the kind. */
  readonly header: string;
  readonly main: string;
  /** Style beyond the report's. */
  readonly style?: string;
  /** The script, if there is one. */
  readonly script?: string;
}

/** A self-contained page in the style of the reports: it loads nothing. */
export function htmlPage({ kind, title, header, main, style = "", script = "" }: Page): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${CONTENT_POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)} - ${kind}</title>
<style>${REPORT_STYLE}${style}</style>
</head>
<body>
<header>
<p class="kind">${kind}</p>
${header}
</header>
<main>
${main}
</main>
${script === "" ? "" : `<script>${script}</script>\n`}</body>
</html>
`;
}
