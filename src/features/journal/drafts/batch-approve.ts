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
interface Positions {
  readonly ofLegs: readonly (readonly number[])[];
  readonly refused: readonly (readonly [position: number, failure: Failure])[];
}

/**
 * Approves many entries, each by itself: in one commit for each ledger that they are of. The results are in the order of the request.
 * A ledger that cannot answer is a retryable error in its entries' positions; the request repeated under its key fills them in.
 */
export async function batchApprove(
  context: OperationContext,
  entityId: string | undefined,
  request: BatchApproveRequest,
): Promise<{ readonly data: readonly Result[]; readonly replayed: boolean }> {
  requirePermission(context, "entries:approve");
  const { aside, legs, replayed } = await fanOut(context, () => planOf(context, entityId, request));
  const results = new Map<number, Result>();
  for (const [position, failure] of aside.refused) results.set(position, { error: errorAt(failure, position) });
  for (const [i, { outcome }] of legs.entries()) {
    const positions = present(aside.ofLegs[i], "a leg has its positions");
    for (const [at, result] of resultsOf(outcome, positions).entries())
      results.set(present(positions[at], "a ledger answers each of its entries"), result);
  }
  const data = Array.from(request.entries, (_, position) => present(results.get(position), "every entry has its result"));
  return { data, replayed };
}

/** One leg for each ledger, with its entries in the order of the request. */
async function planOf(
  context: OperationContext,
  entityId: string | undefined,
  { entries }: BatchApproveRequest,
): Promise<FanOutPlan<Positions>> {
  const ledgers = await Promise.all(entries.map(({ id }) => ledgerOrRefusal(context, id, entityId)));
  const refused: [number, Failure][] = [];
  const byLedger = new Map<number, { readonly commands: ApproveEntry[]; readonly positions: number[] }>();
  for (const [position, { id, version }] of entries.entries()) {
    const ledger = present(ledgers[position], "every entry was looked for");
    if (ledger instanceof Refused) {
      refused.push([position, ledger.failure]);
      continue;
    }
    const leg = byLedger.get(ledger.number) ?? { commands: [], positions: [] };
    byLedger.set(ledger.number, leg);
    leg.commands.push({ kind: "approve_entry", entryId: id, expectedVersion: version });
    leg.positions.push(position);
  }
  return {
    legs: [...byLedger].map(([ledger, { commands }]) => ({ ledger, commands })),
    aside: { ofLegs: [...byLedger.values()].map(({ positions }) => positions), refused },
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

function errorAt(failure: Failure, position: number): RefusalOfOne {
  return {
    code: failure.code,
    message: `entries[${position}]: ${failure.message}`,
    retryable: isRetryable(failure),
    details: failure.details ?? [],
  };
}

/** What became of a leg's entries. */
function resultsOf(outcome: LegOutcome, positions: readonly number[]): readonly Result[] {
  if ("failure" in outcome) return positions.map((position) => ({ error: errorAt(outcome.failure, position) }));
  // What `many` answers, see WriteOutcome.
  const { data } = JSON.parse(outcome.answer.body) as { readonly data: readonly LedgerResult[] };
  return data.map((result, i) =>
    "error" in result ? { error: atPosition(result.error, i, present(positions[i], "a ledger answers each of its entries")) } : result,
  );
}

type LedgerResult = EntryView | { readonly error: Omit<RefusalOfOne, "retryable"> };

/** A refusal with its position in the request, for the ledger counts its own entries. */
function atPosition(error: Omit<RefusalOfOne, "retryable">, i: number, position: number): RefusalOfOne {
  const { code } = error;
  const message = error.message.replace(`entries[${i}]`, `entries[${position}]`);
  const details = error.details.map((detail) => ({ ...detail, pointer: detail.pointer.replace(`/entries/${i}`, `/entries/${position}`) }));
  return { code, message, retryable: failureKinds[code].retryable, details };
}
