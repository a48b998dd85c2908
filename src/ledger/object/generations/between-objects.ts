/** What a generation's object does together with those before and after it. It waits for them; what it writes, it writes in one step between two waits. */
import type { GenerationView } from "../../rpc.ts";
import type { Books } from "../state/books.ts";
import { advanceArchive } from "./archive.ts";
import { isStillAt, openTakenOver, takeOverOf, takeSlice } from "./arriving.ts";
import { closeOutOf, generationView } from "./closing.ts";
import type { Surroundings } from "./generation-rpc.ts";
import type { Cursor } from "./hand-over.ts";

/** What one call may spend on taking a generation over before it leaves the rest to the alarm: below what a request may last. */
const takeOverDeadlineMs = 20_000;

/** Takes over what the generation before has, and opens. In slices, each with how far it came; the alarm resumes where this is cut off. */
export async function takeOver(books: Books, previous: string, { objectOf }: Surroundings): Promise<"open" | "going_on"> {
  const until = Date.now() + takeOverDeadlineMs;
  if (books.newer !== undefined) throw new Error("a newer release has written to this ledger");
  while (!books.isOpen) {
    const from = takeOverOf(books, previous);
    // Written with the slice before.
    const { stage } = JSON.parse(from.cursor) as Cursor;
    if (stage === "end") {
      await objectOf(previous).handedOver();
      if (books.takeOver?.cursor === from.cursor) openTakenOver(books);
      continue;
    }
    const slice = await objectOf(previous).handOver(from.cursor);
    if (isStillAt(books, from)) books.orEnd("taking over", () => takeSlice(books, from, slice));
    if (Date.now() > until) return "going_on";
  }
  return "open";
}

/** Does a part of what is left once the generation is closed: the next is opened, then the log goes to R2, a file at a time. */
export async function advanceCloseOut(books: Books, { id, objectOf, bucket }: Surroundings): Promise<void> {
  const { isNextOpen, nextObject, archivedAtMs } = closeOutOf(books);
  if (!isNextOpen) {
    if ((await objectOf(nextObject).takeOver(id)) === "open") books.storeCloseOut({ ...closeOutOf(books), isNextOpen: true });
    return;
  }
  if (archivedAtMs !== null || bucket === undefined) return;
  const { sql, state, limits } = books;
  const previousSeal = state.earlier.generations.at(-1)?.seal;
  if (await advanceArchive(sql, bucket, state.identity, books.asGeneration(id), previousSeal, limits.archiveFileBytes)) return;
  books.storeCloseOut({ ...closeOutOf(books), archivedAtMs: Date.now() });
}

/** The generations of the ledger, as this one, the last, knows them. */
export async function listGenerations(books: Books, { objectOf }: Surroundings): Promise<GenerationView[]> {
  const earlier = await Promise.all(books.state.earlier.generations.map(({ object }) => objectOf(object).closed()));
  // Written by `closed` of another object of this class.
  return [...earlier.map((text) => JSON.parse(text) as GenerationView), generationView(books)];
}
