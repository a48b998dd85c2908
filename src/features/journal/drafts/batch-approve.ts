import { present } from "../../../kernel/assert.ts";
import type { ApproveEntry, EntryView } from "../../../ledger/rpc.ts";
import { type OperationContext, requirePermission } from "../../../operation/context.ts";
import { type LedgerAnswer, writeCommands } from "../../../operation/ledger-write.ts";
import { Refused } from "../../../platform/refused.ts";
import { type LedgerInContext, ledgerOfId } from "../../ledgers/index.ts";
import type { BatchApproveRequest } from "../schemas.ts";

/** The posted entry, or why it was not posted. */
type Result =
  | EntryView
  | {
      readonly error: {
        readonly code: string;
        readonly message: string;
        readonly details: readonly { readonly pointer: string; readonly code: string; readonly message: string }[];
      };
    };

/**
 * Approves many entries, each by itself: in one commit for each ledger that they are of. The results are in the order of the request.
 * `replayed` where every ledger repeats what it answered under the request's key.
 */
export async function batchApprove(
  context: OperationContext,
  entityId: string | undefined,
  { entries }: BatchApproveRequest,
): Promise<{ readonly data: readonly Result[]; readonly replayed: boolean }> {
  requirePermission(context, "entries:approve");
  const ledgers = await Promise.all(entries.map(({ id }) => ledgerOrRefusal(context, id, entityId)));
  const byLedger = new Map<number, number[]>();
  ledgers.forEach((ledger, place) => {
    if (!(ledger instanceof Refused)) byLedger.set(ledger.number, [...(byLedger.get(ledger.number) ?? []), place]);
  });
  const results: (Result | undefined)[] = ledgers.map((ledger, place) =>
    ledger instanceof Refused
      ? {
          error: {
            code: ledger.failure.code,
            message: `entries[${place}]: ${ledger.failure.message}`,
            details: ledger.failure.details ?? [],
          },
        }
      : undefined,
  );
  const isReplay = await Promise.all(
    [...byLedger].map(async ([number, places]) => {
      const commands = places.map((place): ApproveEntry => {
        const { id, version } = present(entries[place], "a place is of an entry");
        return { kind: "approve_entry", entryId: id, expectedVersion: version };
      });
      const outcome = await writeCommands(context, { number }, commands, { mode: "each", answer: "many" });
      resultsIn(outcome).forEach((result, i) => {
        const place = present(places[i], "a ledger answers each of its entries");
        results[place] = "error" in result ? { error: atPlace(result.error, i, place) } : result;
      });
      return outcome.outcome === "replayed";
    }),
  );
  const data = results.map((result) => present(result, "every entry has its result"));
  return { data, replayed: isReplay.length > 0 && isReplay.every(Boolean) };
}

type RefusalOfOne = Extract<Result, { readonly error: unknown }>["error"];

/** A refusal with its place in the request, for the ledger counts its own entries. */
function atPlace(error: RefusalOfOne, i: number, place: number): RefusalOfOne {
  if (i === place) return error;
  const message = error.message.replace(`entries[${i}]`, `entries[${place}]`);
  const details = error.details.map((detail) => ({ ...detail, pointer: detail.pointer.replace(`/entries/${i}`, `/entries/${place}`) }));
  return { ...error, message, details };
}

async function ledgerOrRefusal(context: OperationContext, id: string, entityId: string | undefined): Promise<LedgerInContext | Refused> {
  try {
    return await ledgerOfId(context, id, entityId);
  } catch (error) {
    if (error instanceof Refused) return error;
    throw error;
  }
}

function resultsIn(outcome: LedgerAnswer): readonly Result[] {
  // What `many` answers, see WriteOutcome.
  return (JSON.parse(outcome.body) as { data: Result[] }).data;
}
