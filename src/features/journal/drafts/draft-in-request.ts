import type { Command, DraftView, EntryView } from "../../../ledger/rpc.ts";
import type { OperationContext } from "../../../operation/context.ts";
import type { LedgerAnswer } from "../../../operation/ledger-write.ts";
import { writeOne } from "../../../operation/ledger-write.ts";
import { type Revisions, requireRevision } from "../../../operation/revision.ts";
import { refusal } from "../../../platform/refused.ts";
import { ledgerOfId } from "../../ledgers/index.ts";

/** How a request names a draft: by its id, within the entity that the path scopes, and by the versions that the caller has seen. */
export interface DraftInRequest {
  readonly entryId: string;
  readonly entityId: string | undefined;
  readonly revisions?: Revisions | undefined;
  /** The version that the body names. */
  readonly version?: number | undefined;
}

type DraftCommand = Extract<Command, { readonly kind: "edit_draft" | "submit_draft" | "post_draft" | "approve_entry" | "reject_entry" }>;
/** A union loses its members to Omit unless it is taken apart. */
type WithoutId<C> = C extends DraftCommand ? Omit<C, "entryId"> : never;

/** Has the ledger do something with a draft, if it is at a version that the caller has seen. */
export async function onDraft(
  context: OperationContext,
  { entryId, entityId, revisions, version }: DraftInRequest,
  command: WithoutId<DraftCommand>,
): Promise<LedgerAnswer> {
  const ledger = await ledgerOfId(context, entryId, entityId);
  if (version !== undefined) {
    requireSame(revisions, version);
    return writeOne(context, ledger, { entryId, ...command, expectedVersion: version, versionIn: "body" });
  }
  const expectedVersion = await versionSeen(context, ledger.number, entryId, revisions);
  return writeOne(context, ledger, { entryId, ...command, ...(expectedVersion === undefined ? {} : { expectedVersion }) });
}

/** Refuses, as `PRECONDITION_FAILED`, a request whose body and If-Match cannot both be right. */
function requireSame(revisions: Revisions | undefined, version: number): void {
  if (revisions === undefined || revisions === "any" || revisions.includes(version)) return;
  throw refusal("PRECONDITION_FAILED", `The body names version ${version}, which If-Match does not.`);
}

/** The version that the command may change: the one that the caller has seen. Of several it is the one that is there now. */
async function versionSeen(
  context: OperationContext,
  ledgerNumber: number,
  entryId: string,
  revisions: Revisions | undefined,
): Promise<number | undefined> {
  if (revisions === undefined || revisions === "any") return undefined;
  if (revisions.length === 1) return revisions[0];
  const { approval } = await context.ledger(ledgerNumber).read<EntryView | DraftView>({ kind: "entry", entryId });
  requireRevision(revisions, approval?.version ?? 0);
  return approval?.version;
}
