import { type Books, composed, decomposed, type Firm, type Key, twoLines, until } from "./books.ts";
import { makeCarefulCompany } from "./careful-company.ts";
import { makeVariedCompany } from "./varied-company.ts";
import { makeWallet } from "./wallet.ts";

async function signUp(books: Books, firmName: string, ownerEmail: string, ownerPassword?: string): Promise<Firm> {
  const request = { firmName, ownerEmail, ...(ownerPassword !== undefined && { ownerPassword }) };
  const firm = await books.post<Firm>("", "/signup", request, { name: `sign-up of ${firmName}` });
  // So that who reads the data is not told to wait.
  for (const { tokenId } of [firm.live, firm.sandbox])
    await books.operator("PUT", `/tokens/${tokenId}/plan`, { requestsPerMinute: 1_000_000 });
  return firm;
}

async function makeTerms(books: Books, { live: { key } }: Firm): Promise<void> {
  for (const kind of ["event-types", "products", "categories"])
    for (const [no, name] of [composed, decomposed, "Third"].entries())
      await books.post(
        key,
        `/metadata/${kind}`,
        { key: `${kind}.${no}`, name, description: `About ${decomposed}`, metadata: { no: String(no) } },
        { name: `term of ${kind} ${no}` },
      );
  await books.post(
    key,
    "/metadata/products",
    { key: "products.0", name: "Again" },
    { name: "refused: a term that is there", refusedAs: "CODE_TAKEN" },
  );
}

/** Entities of a sandbox that are archived, deleted, and named alike. */
async function makeOddities(books: Books, firm: Firm) {
  const { key } = firm.sandbox;
  const entity = (name: string, more: Readonly<Record<string, unknown>> = {}) =>
    books.post(key, "/entities", { name, functionalCurrency: "GBP", ...more }, { name: `entity ${name}` });
  const ada = await entity(`Ada ${composed}`, { kind: "individual", externalId: composed });
  const alike = await entity(`Ada ${decomposed}`, { kind: "individual", externalId: decomposed });
  const archived = await entity("Archived");
  await books.send(key, "PATCH", `/entities/${archived.id}`, { status: "archived" });
  const deleted = await entity("Deleted");
  await books.send(key, "DELETE", `/entities/${deleted.id}`);
  const request = { name: ada.id, functionalCurrency: "GBP", externalId: composed };
  await books.post(key, "/entities", request, { name: "refused: an external id that is taken", refusedAs: "EXTERNAL_ID_TAKEN" });
  return { entities: { ada, alike, archived, deleted } };
}

interface MoveAnswer {
  readonly database: string;
  readonly move: { readonly step: string } | null;
}

/** A third site, with a posting, that has moved to another database since. */
async function makeMovedSite(books: Books, { live }: Firm) {
  const wish = { name: `Staging ${decomposed}`, environment: "sandbox", regionHint: "weur" };
  const site = await books.post<Key & { readonly tokenId: string }>(live.key, "/sites", wish, { name: "third site" });
  await books.operator("PUT", `/tokens/${site.tokenId}/plan`, { requestsPerMinute: 1_000_000 });
  const company = { name: "Moved Ltd", functionalCurrency: "CHF", chart: "us-small-business" };
  const { id: entityId } = await books.post(site.key, "/entities", company, { name: "entity of a site that moves" });
  const lines = twoLines("1010", "3010", 1_291);
  await books.post(
    site.key,
    `/companies/${entityId}/journal-entries`,
    { date: "2026-08-01", lines },
    { name: "entry of a site that moves" },
  );
  const look = () => books.operator<MoveAnswer>("GET", `/sites/${site.id}/move`);
  const { database: source } = await look();
  const target = ["SITE_DB_0", "SITE_DB_1"].find((name) => name !== source);
  await books.operator("POST", `/sites/${site.id}/move`, { database: target });
  // The copy that is left behind is swept hours later: the data has one that still stands.
  await until(look, ({ move }) => move?.step === "sweeping" || move?.step === "done");
  return { ...site, entityId };
}

/** The demo company's year, as a sandbox is filled with it. */
async function fillSandbox(books: Books, { sandbox: { siteId, key } }: Firm) {
  return books.post<{ readonly entityId: string }>(key, `/sites/${siteId}/reset`, { sampleData: true }, { name: "reset of a sandbox" });
}

export async function makeStage(books: Books) {
  const tide = await signUp(books, "Tide Analytics", "olga@tide.example", "a password of the owner");
  const quill = await signUp(books, `Quill ${decomposed}`, "olga@tide.example");
  const company = await makeVariedCompany(books, tide);
  const careful = await makeCarefulCompany(books, tide, company.keys);
  await makeTerms(books, tide);
  const wallet = await makeWallet(books, quill);
  const oddities = await makeOddities(books, quill);
  const moved = await makeMovedSite(books, quill);
  const demo = await fillSandbox(books, tide);
  return { tide, quill, company, careful, wallet, oddities, moved, demo };
}
export type Stage = Awaited<ReturnType<typeof makeStage>>;
