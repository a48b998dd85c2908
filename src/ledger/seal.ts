import { createHash } from "node:crypto";
import { reusedWriter, type TextWriter } from "../kernel/text-writer.ts";

/** What a seal is taken over, and where in it the stored text of each row is. */
export interface SealedText {
  /** UTF-8. */
  readonly bytes: Uint8Array;
  readonly starts: readonly number[];
  /** In bytes. */
  readonly lengths: readonly number[];
}

/** What the first commit of all is sealed over. */
export const emptySeal = "0".repeat(64);
const emptyWriter = reusedWriter();

/**
 * Writes what a seal is taken over: the previous seal and, for each row of the commit in order, its length-prefixed stored text, lengths in UTF-16 units.
 * The context stands in the last row, so that nothing of a commit is outside its seal.
 */
export function sealedText(
  previous: string,
  firstSequence: number,
  version: number,
  count: number,
  writeBody: (out: TextWriter, index: number) => void,
  context: string,
): SealedText {
  const out = emptyWriter();
  const starts: number[] = [];
  const lengths: number[] = [];
  out.text(previous);
  for (let i = 0; i < count; i++) {
    out.ascii("\n");
    out.integer(firstSequence + i);
    out.ascii(" ");
    out.integer(version);
    out.ascii(" ");
    const place = out.leaveNumber();
    out.ascii("\n");
    const start = out.end;
    const unitsBefore = out.length;
    writeBody(out, i);
    const length = out.end - start;
    if (i === count - 1) {
      out.ascii("\n");
      out.text(context);
    }
    starts.push(start + out.fillNumber(place, out.length - unitsBefore));
    lengths.push(length);
  }
  return { bytes: out.bytes(), starts, lengths };
}

/** The seal of a commit: SHA-256 over its `sealedText`. */
export function sealOf(previous: string, firstSequence: number, version: number, bodies: readonly string[], context: string): string {
  const writeBody = (out: TextWriter, i: number) => out.text(bodies[i] as string);
  return sealOfBytes(sealedText(previous, firstSequence, version, bodies.length, writeBody, context).bytes);
}

export function sealOfBytes(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
