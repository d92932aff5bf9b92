import { SqsError } from "./sqs-error.ts";

/** The largest message (body and attributes), 1 MiB since 2025. */
export const maxMessageBytes = 1_048_576;

const characterOutsideXml = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;

/**
 * Refuses bodies with characters SQS does not carry. Emoji and other characters beyond U+FFFF are carried.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 * @throws {SqsError} `InvalidMessageContents`.
 */
export function checkBodyCharacters(body: string): void {
  const found = characterOutsideXml.exec(body);
  if (!found) return;
  const code = (found[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
  throw new SqsError("InvalidMessageContents", `Invalid characters found: U+${code} at index ${found.index}.`);
}
