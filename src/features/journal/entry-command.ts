import { type AccountRef, refByCode, refByExternalId, refById } from "../../ledger/domain/command.ts";
import type { CommandList, LineRequest, PostEntry } from "../../ledger/rpc.ts";
import type { EntryBody } from "./schemas.ts";

type Writable<T> = { -readonly [K in keyof T]: T[K] };
type LineBody = EntryBody["lines"][number];

/** The command that posts what a body asks for. Field by field and without spreads: thousands of them are built per request. */
export function entryCommand(body: EntryBody): PostEntry {
  const lines: LineRequest[] = [];
  for (const line of body.lines) lines.push(lineRequest(line));
  const command: Writable<PostEntry> = { kind: "post_entry", date: body.date, lines };
  if (body.description !== undefined) command.description = body.description;
  if (body.reference !== undefined) command.reference = body.reference;
  if (body.externalId !== undefined) command.externalId = body.externalId;
  if (body.metadata !== undefined) command.metadata = body.metadata;
  if (body.replaces !== undefined) command.replaces = body.replaces;
  return command;
}

/** The commands of a batch, each made as it is encoded. */
export function entryCommands(bodies: readonly EntryBody[]): CommandList {
  return {
    length: bodies.length,
    at(index) {
      const body = bodies[index];
      return body && entryCommand(body);
    },
  };
}

function lineRequest(body: LineBody): LineRequest {
  const line: Writable<LineRequest> = { account: accountRef(body), side: body.side, amount: body.amount };
  if (body.memo !== undefined) line.memo = body.memo;
  if (body.contactId !== undefined) line.contactId = body.contactId;
  if (body.tags !== undefined && body.tags.length > 0) line.tags = body.tags;
  if (body.conditions !== undefined) line.conditions = conditionsOf(body.conditions);
  return line;
}

function accountRef(line: LineBody): AccountRef {
  if (line.accountId !== undefined) return refById(line.accountId);
  if (line.accountCode !== undefined) return refByCode(line.accountCode);
  if (line.accountExternalId !== undefined) return refByExternalId(line.accountExternalId);
  throw new Error("assertion failed: the schema has seen that a line names an account");
}

function conditionsOf(body: NonNullable<LineBody["conditions"]>): NonNullable<LineRequest["conditions"]> {
  const conditions: Writable<NonNullable<LineRequest["conditions"]>> = {};
  if (body.expectedVersion !== undefined) conditions.expectedVersion = body.expectedVersion;
  if (body.minPosted !== undefined) conditions.minPosted = body.minPosted;
  if (body.maxPosted !== undefined) conditions.maxPosted = body.maxPosted;
  if (body.minAvailable !== undefined) conditions.minAvailable = body.minAvailable;
  if (body.maxAvailable !== undefined) conditions.maxAvailable = body.maxAvailable;
  return conditions;
}
