/** Makes text safe inside HTML, in content and in attributes. Control characters, which HTML has none of, become visible. */
export function escapeHtml(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, visible)
    .replace(/[&<>"'`]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** So that a key can neither hide a part of itself nor turn the direction of what follows. */
function visible(control: string): string {
  return `\\u{${control.codePointAt(0)?.toString(16)}}`;
}

/** `171,075`. */
export function formatNumber(value: number): string {
  return value.toLocaleString("en-US");
}

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

/** `17.1 MiB`, in powers of 1,024; whole numbers without a fraction. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1023.95 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${Number.isInteger(value) ? value : value.toFixed(1)} ${UNITS[unit]}`;
}

/** `12.5 %`; nothing of nothing is 0 %. */
export function formatShare(part: number, whole: number): string {
  return `${(whole === 0 ? 0 : (part / whole) * 100).toFixed(1)} %`;
}

/** `2026-11-21 08:00:00`, in UTC, from a time as S3 writes it. */
export function formatTime(time: string): string {
  return time.replace("T", " ").replace(/(\.\d+)?Z$/, "");
}
