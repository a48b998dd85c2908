import { describe, expect, test } from "vitest";
import { newBooks } from "../../support/books.ts";
import { newSite } from "../../support/site.ts";

const refusedAs = (status: number, code: string) =>
  expect.objectContaining({ status, body: expect.objectContaining({ error: expect.objectContaining({ code }) }) });

async function emptyBooks() {
  const { api } = await newSite();
  const { body } = await api.post("/entities", { name: "Blue Bottle Ltd", functionalCurrency: "USD" });
  return { api, entityId: body.id as string };
}

/** `row field code` of every fault. */
function faultsOf(answer: { body: { error: { details: { row: number; field: string; code: string }[] } } }) {
  return answer.body.error.details.map(({ row, field, code }) => `${row} ${field} ${code}`);
}

describe("importing a chart", () => {
  test("from CSV opens its accounts with their parents, whatever their order in the file", async () => {
    const { api } = await emptyBooks();
    const csv =
      'code,name,type,parentCode,role,description\n1020,"Reserve, ""B""",bank,1010,,\n1010,Reserve,bank,1000,suspense_bank,"two\nlines"\n1000,Cash,bank,,,\n';
    const answer = await api.post("/accounts/import", { csv });
    expect(answer.status).toBe(201);
    expect(answer.body.data.map((account: { code: string }) => account.code)).toEqual(["1000", "1010", "1020"]);
    const [top, middle, bottom] = answer.body.data;
    expect([top.parentId, middle.parentId, bottom.parentId]).toEqual([null, top.id, middle.id]);
    expect(middle).toMatchObject({ role: "suspense_bank", description: "two\nlines" });
    expect(bottom.name).toBe('Reserve, "B"');
    expect((await api.get("/accounts")).body).toMatchObject({ totalCount: 3, data: answer.body.data });
  });

  test("under accounts that the ledger has, from JSON", async () => {
    const { api, accounts } = await newBooks();
    const answer = await api.post("/accounts/import", { accounts: [{ code: "1001", name: "Till", type: "bank", parentCode: "1000" }] });
    expect(answer).toMatchObject({ status: 201, body: { data: [{ code: "1001", parentId: accounts.cash }] } });
  });

  test("as a dry run answers what it would open, and opens nothing", async () => {
    const { api } = await emptyBooks();
    const preview = await api.post("/accounts/import", { chart: "ifrs-services", dryRun: true });
    expect(preview.status).toBe(200);
    expect(preview.body.data).toHaveLength(81);
    expect((await api.get("/accounts")).body.totalCount).toBe(0);
    expect((await api.post("/accounts/import", { chart: "ifrs-services" })).status).toBe(201);
    expect((await api.get("/accounts")).body.totalCount).toBe(81);
  });

  test("is done once under one key, and refused with every row when it is sent again without", async () => {
    const { api } = await emptyBooks();
    const key = { "idempotency-key": crypto.randomUUID() };
    const answers = await Promise.all(Array.from({ length: 10 }, () => api.post("/accounts/import", { chart: "wallet-platform" }, key)));
    expect(answers.map((answer) => answer.status).sort()).toEqual([...Array(9).fill(200), 201]);
    const again = await api.post("/accounts/import", { chart: "wallet-platform" });
    expect(again).toEqual(refusedAs(409, "CODE_TAKEN"));
    expect(faultsOf(again)).toHaveLength(45);
    expect((await api.get("/accounts")).body.totalCount).toBe(35);
  });

  test("of 5,000 accounts is one commit, and an entity with as many that were never used can still be deleted", async () => {
    const { api, entityId } = await emptyBooks();
    const accounts = Array.from({ length: 5_000 }, (_, i) => ({
      code: String(100_000 + i),
      name: `Customer ${i}`,
      type: "other_current_liability",
      ...(i > 0 ? { parentCode: "100000" } : {}),
    }));
    const answer = await api.post("/accounts/import", { accounts });
    expect(answer.status).toBe(201);
    expect(answer.body.data).toHaveLength(5_000);
    expect((await api.get("/accounts")).body).toMatchObject({ totalCount: 5_000 });
    expect(await api.post("/accounts/import", { accounts: [...accounts, { code: "9", name: "x", type: "bank" }] })).toEqual(
      refusedAs(400, "VALIDATION_ERROR"),
    );
    expect((await api.delete(`/entities/${entityId}`)).status).toBe(204);
    expect((await api.get("/entities")).body.totalCount).toBe(0);
  });
});

describe("a faulty chart opens nothing, and every fault is told with its row", () => {
  test("what the cells say", async () => {
    const { api } = await emptyBooks();
    const answer = await api.post("/accounts/import", {
      csv: "code,name,type,role\n1,Cash,cash,\n,Bank,bank,\n3,Fine,bank,\n4,Role,bank,king\n",
    });
    expect(answer).toEqual(refusedAs(400, "VALIDATION_ERROR"));
    expect(faultsOf(answer)).toEqual(["2 type invalid_value", "3 code invalid_type", "5 role invalid_value"]);
    expect((await api.get("/accounts")).body.totalCount).toBe(0);
  });

  test("what the file is", async () => {
    const { api } = await emptyBooks();
    for (const [csv, faults] of [
      ["", ["1  csv_empty"]],
      ["code,name,colour\n", ["1 colour csv_column", "1 type csv_column"]],
      ["code,name,type\n", ["1  csv_rows"]],
      ["code,name,type\n1,Cash\n", ["2  csv_width"]],
      ['code,name,type\n1,"Cash,bank\n', ["2  csv_quote"]],
    ] as const) {
      const answer = await api.post("/accounts/import", { csv });
      expect(answer).toEqual(refusedAs(400, "VALIDATION_ERROR"));
      expect(faultsOf(answer)).toEqual(faults);
    }
  });

  test("what the rows are to each other", async () => {
    const { api } = await emptyBooks();
    const accounts = [
      { code: "1", name: "a", type: "bank" },
      { code: "1", name: "b", type: "bank" },
      { code: "2", name: "c", type: "expense", parentCode: "1" },
      { code: "3", name: "d", type: "bank", parentCode: "4" },
      { code: "4", name: "e", type: "bank", parentCode: "3" },
    ];
    const answer = await api.post("/accounts/import", { accounts });
    expect(answer).toEqual(refusedAs(400, "VALIDATION_ERROR"));
    expect(faultsOf(answer)).toEqual([
      "2 code duplicate",
      "3 parentCode parent_type",
      "4 parentCode parent_circle",
      "5 parentCode parent_circle",
    ]);
    expect(answer.body.error.details[1].pointer).toBe("/accounts/2/parentCode");
    expect((await api.get("/accounts")).body.totalCount).toBe(0);
  });

  test("what the ledger has against them, in a dry run too", async () => {
    const { api } = await newBooks();
    const accounts = [
      { code: "7", name: "fine", type: "bank" },
      { code: "1000", name: "taken", type: "bank" },
      { code: "8", name: "taken", type: "bank", externalId: "ext-1000" },
      { code: "9", name: "orphan", type: "bank", parentCode: "nobody" },
      { code: "10", name: "misplaced", type: "expense", parentCode: "1000" },
    ];
    for (const dryRun of [true, false]) {
      const answer = await api.post("/accounts/import", { accounts: accounts.slice(0, 1).concat(accounts.slice(2)), dryRun });
      expect(answer.status).toBe(409);
      expect(faultsOf(answer)).toEqual([
        "2 externalId EXTERNAL_ID_TAKEN",
        "3 parentCode REFERENCE_NOT_FOUND",
        "4 parentCode ACCOUNT_PARENT_INVALID",
      ]);
    }
    expect(faultsOf(await api.post("/accounts/import", { accounts: accounts.slice(0, 2) }))).toEqual(["2 code CODE_TAKEN"]);
    expect((await api.get("/accounts")).body.totalCount).toBe(5);
  });

  test.each([
    {},
    { chart: "wallet-platform", csv: "code,name,type\n" },
    { chart: "bakery" },
    { accounts: [] },
    { accounts: [{ code: "1" }] },
    { csv: 5 },
  ])("%j is refused", async (body) => {
    const { api } = await emptyBooks();
    expect(await api.post("/accounts/import", body)).toEqual(refusedAs(400, "VALIDATION_ERROR"));
  });
});

test("a chart of commas alone is refused while it is read", async () => {
  const { api } = await newSite();
  const entity = await api.post("/entities", { name: "Comma Ltd", functionalCurrency: "USD" });
  const answer = await api.post("/accounts/import", { entityId: entity.body.id, csv: ",".repeat(1_000_000), dryRun: true });
  expect(answer.status).toBe(400);
});
