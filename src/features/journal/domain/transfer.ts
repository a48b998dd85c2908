import type { Whole } from "../../../kernel/whole.ts";
import type { EntryView, LineView } from "../../../ledger/domain/view.ts";

/** One account's part of a movement. */
interface Movement {
  readonly accountId: string;
  readonly accountCode: string;
  readonly amount: number;
  readonly memo: string | null;
}

/** What of its entry a transfer shows as it is. */
type Shown =
  | "id"
  | "status"
  | "sequence"
  | "createdAt"
  | "date"
  | "description"
  | "reference"
  | "externalId"
  | "metadata"
  | "ledgerId"
  | "currency";
/** What the entry itself is read for: who posted it, and what it has to do with others. */
type LeftOut =
  | "journalEntryId"
  | "source"
  | "actor"
  | "requestId"
  | "module"
  | "flagged"
  | "postingReference"
  | "reversalOf"
  | "reversedBy"
  | "reason"
  | "replaces"
  | "approval"
  | "holdId"
  | "seal";

/** A posted entry seen as a movement from its credits to its debits. The same id, the same figures. */
export interface TransferView extends Pick<EntryView, Shown> {
  /** What moved, in minor units: the sum of the debits, which is that of the credits. */
  readonly amount: number | bigint;
  readonly debits: readonly Movement[];
  readonly credits: readonly Movement[];
  readonly event: null;
}

/** Shows an entry as a transfer. The amount is exact where up to 200 lines together pass 2^53. */
export function transferOf(entry: EntryView): TransferView {
  entry satisfies Whole<EntryView, Shown | LeftOut | "lines">;
  const debits = entry.lines.filter((line) => line.side === "debit");
  const amount = debits.reduce((sum, line) => sum + BigInt(line.amount), 0n);
  return {
    id: entry.id,
    status: entry.status,
    sequence: entry.sequence,
    createdAt: entry.createdAt,
    date: entry.date,
    amount: amount <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(amount) : amount,
    description: entry.description,
    reference: entry.reference,
    externalId: entry.externalId,
    metadata: entry.metadata,
    ledgerId: entry.ledgerId,
    currency: entry.currency,
    debits: debits.map(movementOf),
    credits: entry.lines.filter((line) => line.side === "credit").map(movementOf),
    event: null,
  };
}

function movementOf(line: LineView): Movement {
  return { accountId: line.accountId, accountCode: line.accountCode, amount: line.amount, memo: line.memo };
}
