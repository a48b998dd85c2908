import type { Context } from "hono";
import { refusal } from "../platform/refused.ts";

/** Read at once of a body that does not say its length. */
const readBytes = 64 * 1024;

const strictUtf8 = () => new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });
let utf8 = strictUtf8();

export interface BodyText {
  readonly text: string;
  /** The same in UTF-8. */
  readonly bytes: Uint8Array;
}

/** Whether a request comes without a body, so that what it says of its type is about nothing. */
export function hasNoBody(c: Context): boolean {
  return c.req.raw.body === null || c.req.header("content-length") === "0";
}

/** The text of a JSON body. Refuses another type before it reads, and a body of more bytes than `bytesMax` as soon as that is known. */
export async function readText(c: Context, bytesMax: number): Promise<BodyText> {
  requireJson(c);
  const bytes = await bytesOf(c, bytesMax);
  try {
    return { text: utf8.decode(bytes), bytes };
  } catch {
    // Its rest of the broken text must not meet the next one.
    utf8 = strictUtf8();
    throw refusal("BODY_NOT_JSON", "The body is not UTF-8.");
  }
}

/** JSON itself. What a type that ends in `+json` (RFC 6839) says, a JSON Patch for one, is another thing than the operation takes. */
const json = /^\s*application\/json\s*(?:;|$)/i;

function requireJson(c: Context): void {
  const type = c.req.header("content-type");
  if (type !== undefined) {
    if (!json.test(type)) throw refusal("UNSUPPORTED_MEDIA_TYPE", `The operation takes application/json, not ${type.slice(0, 100)}.`);
    const charset = /;\s*charset="?([^";\s]+)/i.exec(type);
    if (charset !== null && !/^utf-?8$/i.test(charset[1] ?? "")) throw refusal("UNSUPPORTED_MEDIA_TYPE", "JSON is UTF-8 (RFC 8259 §8.1).");
  }
  const encoding = c.req.header("content-encoding");
  if (encoding !== undefined && encoding.toLowerCase() !== "identity")
    throw refusal("UNSUPPORTED_MEDIA_TYPE", `The operation takes bodies as they are, not in Content-Encoding ${encoding.slice(0, 100)}.`);
}

async function bytesOf(c: Context, bytesMax: number): Promise<Uint8Array> {
  const length = c.req.header("content-length");
  if (length !== undefined && Number(length) > bytesMax) throw tooLarge(`has ${length}`, bytesMax);
  const { body } = c.req.raw;
  let bytes: Uint8Array | undefined;
  try {
    // The runtime reads no further than the length that the header says; with chunks (RFC 9112 §7.1) there is no such header.
    bytes = length !== undefined || body === null ? new Uint8Array(await c.req.raw.arrayBuffer()) : await readStream(body, bytesMax);
  } catch {
    // Interrupted, or invalid chunks: what arrived is no body.
    throw refusal("BODY_NOT_JSON", "The body ended before it was whole.");
  }
  if (bytes === undefined || bytes.length > bytesMax) throw tooLarge("is longer", bytesMax);
  return bytes;
}

function tooLarge(fault: string, bytesMax: number) {
  return refusal("BODY_TOO_LARGE", `The body ${fault}; the most is ${bytesMax} bytes.`);
}

/** All of a stream; undefined where it goes on after `bytesMax` bytes: it is read no further, and the rest never arrives here. */
async function readStream(body: ReadableStream<Uint8Array>, bytesMax: number): Promise<Uint8Array | undefined> {
  const reader = body.getReader({ mode: "byob" });
  const parts: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const wanted = Math.min(readBytes, bytesMax + 1 - size);
    const { value, done } = await reader.readAtLeast(wanted, new Uint8Array(wanted));
    if (value !== undefined && value.length > 0) parts.push(value);
    size += value?.length ?? 0;
    if (size > bytesMax) {
      // Whether the sender hears of it in time is not ours to wait for.
      reader.cancel().catch(() => undefined);
      return undefined;
    }
    if (done || (value?.length ?? 0) < wanted) return joined(parts, size);
  }
}

function joined(parts: readonly Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
