import type { Whole } from "../../kernel/whole.ts";
import type { Writable } from "../../kernel/writable.ts";
import { type AccountRef, refByCode, refByExternalId, refById } from "../../ledger/domain/command.ts";
import type { CommandList, DraftChange, LineConditions, LineRequest, PostEntry } from "../../ledger/rpc.ts";
import type { UpdateDraftRequest } from "./drafts/schemas.ts";
import type { EntryBody } from "./schemas.ts";

type LineBody = EntryBody["lines"][number];

/** The command that posts what a body asks for. Field by field and without spreads: thousands of them are built per request. */
export function entryCommand(body: EntryBody, refs?: KnownRefs): PostEntry {
  body satisfies Whole<EntryBody, "date" | "lines" | "description" | "reference" | "externalId" | "metadata" | "replaces">;
  const lines: LineRequest[] = [];
  for (const line of body.lines) lines.push(lineRequest(line, refs));
  const command: Writable<PostEntry> = { kind: "post_entry", date: body.date, lines };
  if (body.description !== undefined) command.description = body.description;
  if (body.reference !== undefined) command.reference = body.reference;
  if (body.externalId !== undefined) command.externalId = body.externalId;
  if (body.metadata !== undefined) command.metadata = body.metadata;
  if (body.replaces !== undefined) command.replaces = body.replaces;
  return command;
}

/** The change of a draft that a body asks for. */
export function draftChange(request: UpdateDraftRequest): DraftChange {
  request satisfies Whole<UpdateDraftRequest, keyof DraftChange>;
  const { lines, ...fields } = request;
  // Entries lose the keys' types; only fields that are not given were left out.
  const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as DraftChange;
  return lines === undefined ? given : { ...given, lines: lines.map((line) => lineRequest(line, undefined)) };
}

/** The refs of a batch by what its lines say. It names few accounts often, and a text composed again is found at several times the cost of one that was stored. */
interface KnownRefs {
  readonly ids: Map<string, AccountRef>;
  readonly codes: Map<string, AccountRef>;
  readonly externalIds: Map<string, AccountRef>;
}

/** The commands of a batch, each made as it is encoded. */
export function entryCommands(bodies: readonly EntryBody[]): CommandList {
  const refs: KnownRefs = { ids: new Map(), codes: new Map(), externalIds: new Map() };
  return {
    length: bodies.length,
    at(index) {
      const body = bodies[index];
      return body && entryCommand(body, refs);
    },
  };
}

type AccountName = "accountId" | "accountCode" | "accountExternalId";

function lineRequest(body: LineBody, refs: KnownRefs | undefined): LineRequest {
  body satisfies Whole<LineBody, AccountName | "side" | "amount" | "memo" | "contactId" | "tags" | "conditions">;
  const line: Writable<LineRequest> = { account: accountRef(body, refs), side: body.side, amount: body.amount };
  if (body.memo !== undefined) line.memo = body.memo;
  if (body.contactId !== undefined) line.contactId = body.contactId;
  if (body.tags !== undefined && body.tags.length > 0) line.tags = body.tags;
  if (body.conditions !== undefined) line.conditions = conditionsOf(body.conditions);
  return line;
}

function accountRef(line: LineBody, refs: KnownRefs | undefined): AccountRef {
  if (line.accountId !== undefined) return known(refs?.ids, line.accountId, refById);
  if (line.accountCode !== undefined) return known(refs?.codes, line.accountCode, refByCode);
  if (line.accountExternalId !== undefined) return known(refs?.externalIds, line.accountExternalId, refByExternalId);
  throw new Error("assertion failed: the schema has seen that a line names an account");
}

function known(refs: Map<string, AccountRef> | undefined, text: string, make: (text: string) => AccountRef): AccountRef {
  const kept = refs?.get(text);
  if (kept !== undefined) return kept;
  const ref = make(text);
  refs?.set(text, ref);
  return ref;
}

type ConditionsBody = NonNullable<LineBody["conditions"]>;

function conditionsOf(body: ConditionsBody): LineConditions {
  body satisfies Whole<ConditionsBody, "expectedVersion" | "minPosted" | "maxPosted" | "minAvailable" | "maxAvailable">;
  const conditions: Writable<LineConditions> = {};
  if (body.expectedVersion !== undefined) conditions.expectedVersion = body.expectedVersion;
  if (body.minPosted !== undefined) conditions.minPosted = body.minPosted;
  if (body.maxPosted !== undefined) conditions.maxPosted = body.maxPosted;
  if (body.minAvailable !== undefined) conditions.minAvailable = body.minAvailable;
  if (body.maxAvailable !== undefined) conditions.maxAvailable = body.maxAvailable;
  return conditions;
}
