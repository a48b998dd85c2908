import type { Command, DraftView, EntryView } from "../../../ledger/rpc.ts";
import type { OperationContext } from "../../../operation/context.ts";
import type { LedgerAnswer } from "../../../operation/ledger-write.ts";
import { writeOne } from "../../../operation/ledger-write.ts";
import { requireRevision, revisionsAllowed } from "../../../operation/revision.ts";
import { ledgerOfId } from "../../ledgers/index.ts";

/** How a request names a draft: by its id, within the entity that the path scopes, and as it was seen, by If-Match. */
export interface DraftInRequest {
  readonly entryId: string;
  readonly entityId: string | undefined;
  readonly ifMatch?: string | undefined;
}

type DraftCommand = Extract<Command, { readonly kind: "edit_draft" | "submit_draft" | "post_draft" | "approve_entry" | "reject_entry" }>;
/** A union loses its members to Omit unless it is taken apart. */
type WithoutId<C> = C extends DraftCommand ? Omit<C, "entryId"> : never;

/** Has the ledger do something with a draft, if If-Match accepts its version. */
export async function onDraft(
  context: OperationContext,
  { entryId, entityId, ifMatch }: DraftInRequest,
  command: WithoutId<DraftCommand>,
): Promise<LedgerAnswer> {
  const ledger = await ledgerOfId(context, entryId, entityId);
  const expectedVersion = await versionSeen(context, ledger.number, entryId, ifMatch);
  return writeOne(context, ledger, { entryId, ...command, ...(expectedVersion === undefined ? {} : { expectedVersion }) });
}

/** The version that the command may change: the one that If-Match names. Of several it is the one that is there now. */
async function versionSeen(
  context: OperationContext,
  ledgerNumber: number,
  entryId: string,
  ifMatch: string | undefined,
): Promise<number | undefined> {
  const allowed = revisionsAllowed(ifMatch);
  if (allowed === undefined) return undefined;
  if (allowed.length === 1) return allowed[0];
  const { approval } = await context.ledger(ledgerNumber).read<EntryView | DraftView>({ kind: "entry", entryId });
  requireRevision(ifMatch, approval?.version ?? 0);
  return approval?.version;
}
