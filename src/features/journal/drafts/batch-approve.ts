import { present } from "../../../kernel/assert.ts";
import { type Failure, type FailureCode, failureKinds } from "../../../kernel/failures.ts";
import type { ApproveEntry, EntryView } from "../../../ledger/rpc.ts";
import { type OperationContext, requirePermission } from "../../../operation/context.ts";
import { type FanOutPlan, fanOut, isRetryable, type LegOutcome } from "../../../operation/fan-out.ts";
import { Refused } from "../../../platform/refused.ts";
import { type LedgerInContext, ledgerOfId } from "../../ledgers/index.ts";
import type { BatchApproveRequest } from "./schemas.ts";

/** Why an entry was not posted. */
interface RefusalOfOne {
  readonly code: FailureCode;
  readonly message: string;
  readonly retryable: boolean;
  readonly details: readonly { readonly pointer: string; readonly code: string; readonly message: string }[];
}

/** The posted entry, or why it was not posted. */
type Result = EntryView | { readonly error: RefusalOfOne };

/** Where the entries of the request stand: those of each leg, in the leg's order, and those of no ledger, each with its refusal. */
interface Places {
  readonly ofLegs: readonly (readonly number[])[];
  readonly refused: readonly (readonly [place: number, failure: Failure])[];
}

/**
 * Approves many entries, each by itself: in one commit for each ledger that they are of. The results are in the order of the request.
 * A ledger that cannot answer is a retryable error in its entries' places; the request repeated under its key fills them in.
 */
export async function batchApprove(
  context: OperationContext,
  entityId: string | undefined,
  request: BatchApproveRequest,
): Promise<{ readonly data: readonly Result[]; readonly replayed: boolean }> {
  requirePermission(context, "entries:approve");
  const { aside, legs, replayed } = await fanOut(context, () => planOf(context, entityId, request));
  const results = new Map<number, Result>();
  for (const [place, failure] of aside.refused) results.set(place, { error: errorAt(failure, place) });
  for (const [i, { outcome }] of legs.entries()) {
    const places = present(aside.ofLegs[i], "a leg has its places");
    for (const [at, result] of resultsOf(outcome, places).entries())
      results.set(present(places[at], "a ledger answers each of its entries"), result);
  }
  const data = Array.from(request.entries, (_, place) => present(results.get(place), "every entry has its result"));
  return { data, replayed };
}

/** One leg for each ledger, with its entries in the order of the request. */
async function planOf(
  context: OperationContext,
  entityId: string | undefined,
  { entries }: BatchApproveRequest,
): Promise<FanOutPlan<Places>> {
  const ledgers = await Promise.all(entries.map(({ id }) => ledgerOrRefusal(context, id, entityId)));
  const refused: [number, Failure][] = [];
  const byLedger = new Map<number, { readonly commands: ApproveEntry[]; readonly places: number[] }>();
  for (const [place, { id, version }] of entries.entries()) {
    const ledger = present(ledgers[place], "every entry was looked for");
    if (ledger instanceof Refused) {
      refused.push([place, ledger.failure]);
      continue;
    }
    const leg = byLedger.get(ledger.number) ?? { commands: [], places: [] };
    byLedger.set(ledger.number, leg);
    leg.commands.push({ kind: "approve_entry", entryId: id, expectedVersion: version });
    leg.places.push(place);
  }
  return {
    legs: [...byLedger].map(([ledger, { commands }]) => ({ ledger, commands })),
    aside: { ofLegs: [...byLedger.values()].map(({ places }) => places), refused },
  };
}

async function ledgerOrRefusal(context: OperationContext, id: string, entityId: string | undefined): Promise<LedgerInContext | Refused> {
  try {
    return await ledgerOfId(context, id, entityId);
  } catch (error) {
    if (error instanceof Refused) return error;
    throw error;
  }
}

function errorAt(failure: Failure, place: number): RefusalOfOne {
  return {
    code: failure.code,
    message: `entries[${place}]: ${failure.message}`,
    retryable: isRetryable(failure),
    details: failure.details ?? [],
  };
}

/** What became of a leg's entries. */
function resultsOf(outcome: LegOutcome, places: readonly number[]): readonly Result[] {
  if ("failure" in outcome) return places.map((place) => ({ error: errorAt(outcome.failure, place) }));
  // What `many` answers, see WriteOutcome.
  const { data } = JSON.parse(outcome.answer.body) as { readonly data: readonly LedgerResult[] };
  return data.map((result, i) =>
    "error" in result ? { error: atPlace(result.error, i, present(places[i], "a ledger answers each of its entries")) } : result,
  );
}

type LedgerResult = EntryView | { readonly error: Omit<RefusalOfOne, "retryable"> };

/** A refusal with its place in the request, for the ledger counts its own entries. */
function atPlace(error: Omit<RefusalOfOne, "retryable">, i: number, place: number): RefusalOfOne {
  const { code } = error;
  const message = error.message.replace(`entries[${i}]`, `entries[${place}]`);
  const details = error.details.map((detail) => ({ ...detail, pointer: detail.pointer.replace(`/entries/${i}`, `/entries/${place}`) }));
  return { code, message, retryable: failureKinds[code].retryable, details };
}
