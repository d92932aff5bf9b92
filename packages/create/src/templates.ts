/** The kind of data that a template takes. */
export type TakenData =
  /** None: an event starts it. */
  | { readonly kind: "none" }
  /** One file, which `longhaul.config.ts` names. */
  | { readonly kind: "file"; readonly endings: readonly string[] }
  /** A folder of files. */
  | { readonly kind: "folder"; readonly endings: readonly string[] };

/** A template, as the question for it shows it. */
export interface TemplateEntry {
  readonly summary: string;
  readonly data: TakenData;
}

/** Endings of files with data records, of which each may be followed by `.gz`. */
const RECORDS = [".json", ".ndjson", ".jsonl", ".csv", ".tsv", ".txt", ".log", ".gz"] as const;

/** The templates by name, in the order in which they are offered. The first is the default. */
export const TEMPLATES = {
  minimal: { summary: "one function, its test, its stack", data: { kind: "none" } },
  "s3-batch": {
    summary: "one large S3 object, record by record, to one exact result",
    data: { kind: "file", endings: RECORDS },
  },
  "sqs-file": {
    summary: "uploaded files through a queue into a table, a run for each",
    data: { kind: "folder", endings: RECORDS },
  },
  "bucket-walker": {
    summary: "every object of a bucket: a report, a copy, or your function",
    data: { kind: "folder", endings: [] },
  },
  "queue-loops": {
    summary: "loops that poll SQS queues, and grow and shrink with them",
    data: { kind: "file", endings: [".ndjson", ".jsonl", ".txt"] },
  },
} as const satisfies Readonly<Record<string, TemplateEntry>>;

export type TemplateName = keyof typeof TEMPLATES;

export const TEMPLATE_NAMES = Object.keys(TEMPLATES) as [TemplateName, ...TemplateName[]];

/** The data that a template takes. */
export function dataOf(template: TemplateName): TakenData {
  return TEMPLATES[template].data;
}
