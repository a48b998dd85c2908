import { expect, test } from "vitest";
import { newSite } from "../support/site.ts";
import { apiThrough, counting, dieAt, outOfReach, shutAt, toDatabase, toLedger } from "./support/gates.ts";

const entity = { kind: "company", name: "Acme", functionalCurrency: "USD", fiscalYearStart: "01-01" };
const account = (code: string) => ({ code, name: code, type: "bank" });

test("a gate holds a request at a call to a ledger, and others pass meanwhile", async () => {
  const { api } = await newSite();
  const made = await api.post("/entities", entity);
  expect(made.status).toBe(201);
  const path = `/companies/${made.body.id}/accounts`;
  const shut = shutAt(toLedger("write"));
  const held = apiThrough(shut.gate, api).post(path, account("1000"));
  await shut.reachedBy(held);
  const meanwhile = await api.get(path);
  expect(meanwhile.body.data).toEqual([]);
  shut.open();
  expect((await held).status).toBe(201);
  expect((await api.get(path)).body.data).toHaveLength(1);
});

test("a request that dies after a ledger's write has written there and told nobody", async () => {
  const { api } = await newSite();
  const made = await api.post("/entities", entity);
  const path = `/companies/${made.body.id}/accounts`;
  const died = await apiThrough(dieAt(toLedger("write", "after")), api).post(path, account("1000"));
  expect(died.status).toBe(500);
  const again = await api.post(path, account("1000"));
  expect(again.status).not.toBe(500);
});

test("a gate sees the statements of a database, and can cut it off", async () => {
  const { api } = await newSite();
  const seen = counting(toDatabase(/insert into "entities"/i));
  expect((await apiThrough(seen.gate, api).post("/entities", entity)).status).toBe(201);
  expect(seen.count()).toBe(1);
  const cut = await apiThrough(outOfReach(toDatabase(/insert into "entities"/i)), api).post("/entities", entity);
  expect(cut.status).toBeGreaterThanOrEqual(500);
  expect((await api.get("/entities")).body.data).toHaveLength(1);
});
