/**
 * The same text with nothing behind it. The engine cuts a text out of another by pointing into it, so that whoever stores a key of a header or a path
 * would store the header and the URL as well, which their sender makes as long as a request may be.
 */
export function ownText(text: string): string {
  return Buffer.from(text, "utf16le").toString("utf16le");
}
