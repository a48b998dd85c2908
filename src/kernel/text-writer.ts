const encoder = new TextEncoder();
/** A mark of byte order at the beginning is a character like any other. */
const decoder = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });

const quote = 0x22;
const backslash = 0x5c;
const minus = 0x2d;
const zero = 0x30;
/** Digits that `leaveNumber` leaves room for. */
const digitsLeft = 3;
/** Integers up to here are divided without leaving 32 bits. */
const smallMax = 999_999_999;
/** An integer of at most 53 bits has sixteen digits and a sign. */
const integerBytesMax = 17;

/**
 * Text as UTF-8 (RFC 3629), written piece by piece into one buffer that grows. Thousands of short pieces cost a third of what joining them as strings
 * and encoding the whole does.
 */
export class TextWriter {
  #bytes: Uint8Array<ArrayBuffer>;
  #end = 0;
  /** How many more bytes the text has than UTF-16 units. */
  #extra = 0;

  constructor(capacity: number) {
    this.#bytes = new Uint8Array(capacity);
  }

  /** Bytes written. */
  get end(): number {
    return this.#end;
  }

  /** UTF-16 units written: what a string of the text has for its length. */
  get length(): number {
    return this.#end - this.#extra;
  }

  get capacity(): number {
    return this.#bytes.length;
  }

  /** The bytes from `start` to `end`, good until more is written. */
  bytes(start = 0, end = this.#end): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(start, end);
  }

  /** All that was written, as a string. */
  string(): string {
    return decoder.decode(this.bytes());
  }

  clear(): void {
    this.#end = 0;
    this.#extra = 0;
  }

  /** Text of ASCII alone. */
  ascii(text: string): void {
    this.#makeRoom(text.length);
    const bytes = this.#bytes;
    const end = this.#end;
    for (let i = 0; i < text.length; i++) bytes[end + i] = text.charCodeAt(i);
    this.#end = end + text.length;
  }

  /** Any text. */
  text(text: string): void {
    // A UTF-16 unit takes three bytes at most.
    this.#makeRoom(text.length * 3);
    const { read, written } = encoder.encodeInto(text, this.#bytes.subarray(this.#end));
    this.#end += written;
    this.#extra += written - read;
  }

  /** A text as a JSON string, the same as JSON.stringify writes. */
  jsonString(text: string): void {
    this.#makeRoom(text.length + 2);
    const bytes = this.#bytes;
    let at = this.#end;
    bytes[at++] = quote;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      // Printable ASCII without quote and backslash is what JSON (RFC 8259 §7) writes as it stands.
      if (unit < 0x20 || unit > 0x7e || unit === quote || unit === backslash) {
        this.text(JSON.stringify(text));
        return;
      }
      bytes[at++] = unit;
    }
    bytes[at++] = quote;
    this.#end = at;
  }

  /** An integer of at most 53 bits, in decimal digits. */
  integer(value: number): void {
    this.#makeRoom(integerBytesMax);
    let size = value;
    if (value < 0) {
      this.#bytes[this.#end++] = minus;
      size = -value;
    }
    if (size > smallMax) {
      const above = Math.floor(size / (smallMax + 1));
      this.#digits(above, digitsOf(above));
      this.#digits(size - above * (smallMax + 1), 9);
    } else this.#digits(size, digitsOf(size));
  }

  /** Leaves room for a number that is known only when what follows it is written. Returns its place, for `fillNumber`. */
  leaveNumber(): number {
    this.#makeRoom(digitsLeft);
    const place = this.#end;
    this.#end += digitsLeft;
    return place;
  }

  /** Writes a number, up to 999,999,999, in the place that was left for it. Returns by how many bytes what follows has moved. */
  fillNumber(place: number, value: number): number {
    const end = this.#end;
    const moved = digitsOf(value) - digitsLeft;
    if (moved !== 0) {
      this.#makeRoom(Math.max(moved, 0));
      this.#bytes.copyWithin(place + digitsLeft + moved, place + digitsLeft, end);
    }
    this.#end = place;
    this.#digits(value, digitsLeft + moved);
    this.#end = end + moved;
    return moved;
  }

  #digits(value: number, count: number): void {
    let rest = value;
    for (let at = this.#end + count - 1; at >= this.#end; at--) {
      const above = (rest / 10) | 0;
      this.#bytes[at] = zero + rest - above * 10;
      rest = above;
    }
    this.#end += count;
  }

  #makeRoom(bytes: number): void {
    const needed = this.#end + bytes;
    if (needed <= this.#bytes.length) return;
    const wider = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    wider.set(this.#bytes.subarray(0, this.#end));
    this.#bytes = wider;
  }
}

/** A commit of a thousand entries is some 200 KB of text, most writes are far shorter; beyond the bound a writer is not reused. */
const reusedCapacityMin = 16 * 1024;
const reusedCapacityMax = 4 * 1024 * 1024;

/** A source of one writer, empty each time that it is asked for; what was written before is good until then. */
export function reusedWriter(): () => TextWriter {
  let writer = new TextWriter(reusedCapacityMin);
  return () => {
    if (writer.capacity > reusedCapacityMax) writer = new TextWriter(reusedCapacityMin);
    writer.clear();
    return writer;
  };
}

function digitsOf(value: number): number {
  let digits = 1;
  for (let bound = 10; value >= bound; bound *= 10) digits += 1;
  return digits;
}
