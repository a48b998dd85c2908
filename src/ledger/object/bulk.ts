/** The platform refuses strings and rows over 2 MB; locally it is 8 MiB, so this says it where tests can hear it. */
export const bulkTextMax = 1024 * 1024;

/** Of texts that are not numbers alone the bytes count: a little below 2 MB. */
const chunkBytesMax = 1_900_000;

/** Texts of JSON elements as texts of JSON arrays that each stay within the platform's bounds. */
export function chunks(elements: readonly string[]): { readonly text: string; readonly offset: number; readonly count: number }[] {
  const out: { text: string; offset: number; count: number }[] = [];
  let start = 0;
  let size = 0;
  for (let i = 0; i <= elements.length; i++) {
    // Three bytes a code unit is the most that UTF-8 takes.
    const next = elements[i] === undefined ? 0 : (elements[i] as string).length * 3 + 1;
    if (i === elements.length || (size + next > chunkBytesMax && i > start)) {
      if (i > start) out.push({ text: `[${elements.slice(start, i).join(",")}]`, offset: start, count: i - start });
      start = i;
      size = 0;
    }
    size += next;
  }
  return out;
}
