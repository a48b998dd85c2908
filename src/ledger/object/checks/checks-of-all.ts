/** The check of all generations: each checks its own log, and the last joins what they found. */
import { present } from "../../../kernel/assert.ts";
import type { Books } from "../state/books.ts";
import type { Generation } from "../state/earlier.ts";
import { type EarlierCheck, joinedCheck, type OwnCheck, shownCheck, type Verification, verificationOf } from "./verification.ts";

/** What the last generation asks of an earlier one. */
export interface CheckRpc {
  check(): Promise<string>;
  checked(jobId: string): Promise<string | null>;
  cancelCheck(jobId: string): Promise<void>;
}

type ObjectOf = (id: string) => CheckRpc;

/** Starts the check of this generation's own log, or names the one that runs. */
export function startOwnCheck(books: Books, earlier: readonly EarlierCheck[] = []): Verification {
  return verificationOf(books.sql, books.state, books.head, Date.now(), earlier);
}

/** Starts the checks of earlier generations. */
export async function startEarlierChecks(generations: readonly Generation[], objectOf: ObjectOf): Promise<readonly EarlierCheck[]> {
  return Promise.all(
    generations.map(async (generation) => {
      // Written by `check` of another object of this class.
      const { id } = JSON.parse(await objectOf(generation.object).check()) as Verification;
      return { generation, jobId: id };
    }),
  );
}

/** Ends those of a check's parts that earlier generations still work on. */
export async function cancelEarlierChecks({ earlier }: OwnCheck, objectOf: ObjectOf): Promise<void> {
  await Promise.all(earlier.map(({ generation, jobId }) => objectOf(generation.object).cancelCheck(jobId)));
}

/** A check of this generation's with those of the generations before it, as one job. */
export async function checkOfAll(books: Books, own: OwnCheck, objectOf: ObjectOf): Promise<Verification> {
  const { earlier } = own;
  if (earlier.length === 0) return shownCheck(own);
  const checks = await Promise.all(
    earlier.map(async ({ generation, jobId }) => {
      const text = await objectOf(generation.object).checked(jobId);
      // Written by `checked`. A generation stores its last jobs.
      return JSON.parse(present(text, "a generation knows the job that it was asked for")) as OwnCheck;
    }),
  );
  return joinedCheck(own, checks, [...earlier.map(({ generation }) => generation.firstSequence), books.state.firstSequence]);
}
