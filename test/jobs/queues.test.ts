import { createExecutionContext, createMessageBatch, getQueueResult } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import worker from "../../src/index.ts";
import { deliver } from "../support/background.ts";
import { booksOf } from "../support/books.ts";
import { newSite } from "../support/site.ts";

test("a message of a queue that nobody consumes is not acknowledged: the batch fails", async () => {
  const batch = createMessageBatch("countinghouse-exports", [{ id: "1", timestamp: new Date(), attempts: 1, body: { kind: "head" } }]);
  const ctx = createExecutionContext();
  await expect(async () => worker.queue(batch, env, ctx)).rejects.toThrow("Nobody takes messages of the queue countinghouse-exports.");
  expect((await getQueueResult(batch, ctx)).explicitAcks).toEqual([]);
});

test.each([
  ["countinghouse-ledger-facts", "of another kind", (siteId: string) => ({ kind: "ledger_dreamed", siteId, ledgerNumber: 1 })],
  ["countinghouse-ledger-facts", "of a site that is not there", () => ({ kind: "accounts_changed", siteId: "nowhere", accounts: [] })],
  ["countinghouse-ledger-facts", "that is none", () => null],
  ["countinghouse-site-moves", "that names no move", () => ({ kind: "accounts_changed" })],
  ["countinghouse-site-moves", "of a move that is not there", () => ({ moveId: crypto.randomUUID() })],
] as const)("%s: a message %s comes again, until it is a dead letter", async (queue, _what, body) => {
  const { siteId } = await newSite();
  expect(await deliver(queue, body(siteId))).toEqual({ acknowledged: 0, retried: 1 });
});

test("of a batch, what fails comes again and what does not is done with", async () => {
  const { api, siteId } = await newSite();
  const { accounts } = await booksOf(api);
  const { body: account } = await api.get(`/accounts/${accounts.cash}`);
  const told = { kind: "accounts_changed", ledgerNumber: 1, siteId, accounts: [account] };
  const bodies = [told, { ...told, kind: "unknown" }, told];
  const messages = bodies.map((body, no) => ({ id: String(no), timestamp: new Date(), attempts: 1, body }));
  const batch = createMessageBatch<unknown>("countinghouse-ledger-facts", messages);
  const ctx = createExecutionContext();
  await worker.queue(batch, env, ctx);
  const { explicitAcks, retryMessages } = await getQueueResult(batch, ctx);
  expect([explicitAcks, retryMessages.map(({ msgId }) => msgId)]).toEqual([["0", "2"], ["1"]]);
});
