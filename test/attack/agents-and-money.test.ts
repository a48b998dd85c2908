import { describe, expect, test } from "vitest";
import { type Operation, readDocument } from "../support/contract/api-document.ts";
import { newKey, newStage, send, validCall } from "../support/contract/stage.ts";
import type { Stage } from "../support/contract/stage-part.ts";
import type { Api } from "../support/site.ts";
import "../../src/index.ts";

const document = await readDocument();
const writing = document.operations.filter(({ method, isPublic }) => method !== "GET" && !isPublic);

interface Balance {
  readonly accountId: string;
  readonly posted: { readonly debits: number; readonly credits: number };
}

/** How many entries are in the books of a stage, and what they sum up to: what an agent alone must never change. */
async function booksOf({ api, entityId, otherEntityId }: Stage): Promise<unknown> {
  const told = [];
  for (const id of [entityId, otherEntityId]) {
    const entries = await api.get(`/companies/${id}/journal-entries?status=booked&limit=1`);
    const balances = await api.get(`/companies/${id}/balances?limit=200`);
    const used = (balances.body.data as readonly Balance[]).filter(({ posted }) => posted.debits > 0 || posted.credits > 0);
    told.push([entries.body.totalCount, used.map(({ accountId, posted }) => [accountId, posted])]);
  }
  return told;
}

/** The agent sends a valid call of the operation, on what a person has made. */
async function sendAsAgent(stage: Stage, operation: Operation, agent: Api) {
  const call = await validCall(stage, operation);
  const before = await booksOf(stage);
  const answer = await send(call, agent);
  return { before, answer };
}

describe("an agent", () => {
  test.each(writing.map((operation) => [operation.operationId, operation] as const))(
    "puts no money in the books by %s",
    async (_operationId, operation) => {
      const stage = await newStage(document, operation.operationId);
      const { api: agent } = await newKey(stage.api, { kind: "agent", role: "PREPARER" });
      const { before, answer } = await sendAsAgent(stage, operation, agent);
      expect(answer.status, answer.text).toBeLessThan(500);
      expect(await booksOf(stage)).toEqual(before);
    },
  );

  test("is what a person's posts are compared with: those are in the books", async () => {
    const stage = await newStage(document);
    const posting = document.operations.find(({ operationId }) => operationId === "postEntry");
    if (posting === undefined) throw new Error("postEntry is documented");
    const { before, answer } = await sendAsAgent(stage, posting, stage.api);
    expect(answer.status).toBe(201);
    expect(await booksOf(stage)).not.toEqual(before);
  });
});
