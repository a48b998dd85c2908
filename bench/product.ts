import { z } from "zod";
import { type Api, callApi } from "../src/local/api-client.ts";
import { newSecrets } from "../src/local/secrets.ts";
import { type RunningServer, startServer } from "../src/local/server.ts";
import { accountCode } from "./bodies.ts";
import { type Target, targetOfRuntime } from "./target.ts";

/** The built Worker with a key whose plan does not limit it. */
export interface Product extends RunningServer {
  readonly api: Required<Api>;
  /** Where load goes: straight to the runtime, as the floor's does. The front, which is in this process, would share the client's thread. */
  readonly target: Target;
}

/** The same in a process of its own. */
export type FrontedProduct = Pick<Product, "baseUrl" | "runtime" | "api" | "stop">;

/** A company's books, with accounts of the codes of bodies.ts. */
export interface Books {
  readonly entityId: string;
  readonly accountIds: readonly string[];
}

const Sandbox = z.object({ sandbox: z.object({ key: z.string(), tokenId: z.string() }) });
const requestsPerMinute = 1_000_000_000;

export async function startProduct(dataDir: string): Promise<Product> {
  const secrets = newSecrets();
  const server = await startServer({ dataDir, port: 0, vars: { ...secrets } });
  const signedUp = await callApi(server, "POST", "/signup", { body: { firmName: "Bench", ownerEmail: "bench@example.com" } });
  const { key, tokenId } = Sandbox.parse(signedUp.body).sandbox;
  const planned = await fetch(`${server.baseUrl}/operator/tokens/${tokenId}/plan`, {
    method: "PUT",
    headers: { authorization: `Bearer ${secrets.OPERATOR_TOKEN}`, "content-type": "application/json" },
    body: JSON.stringify({ requestsPerMinute }),
  });
  if (!planned.ok) throw new Error(`The key's plan could not be set: ${await planned.text()}`);
  return { ...server, api: { baseUrl: server.baseUrl, key }, target: targetOfRuntime(server.runtime) };
}

const Created = z.object({ id: z.string() });
const Accounts = z.object({ data: z.array(z.object({ id: z.string() })) });

/** A new company with so many accounts. */
export async function newBooks(api: Api, name: string, accounts: number): Promise<Books> {
  const entity = await callApi(api, "POST", "/entities", { body: { kind: "company", name, functionalCurrency: "USD" } });
  const entityId = Created.parse(entity.body).id;
  const rows = Array.from({ length: accounts }, (_, no) => ({ code: accountCode(no), name: `Account ${no}`, type: "bank" }));
  await callApi(api, "POST", "/accounts/import", { body: { entityId, accounts: rows } });
  const first = await callApi(api, "GET", `/companies/${entityId}/accounts?limit=${Math.min(accounts, 200)}`);
  return { entityId, accountIds: Accounts.parse(first.body).data.map(({ id }) => id) };
}

/** How many entries a company's ledger has, as its own list says. */
export async function entriesIn(api: Api, books: Books): Promise<number> {
  const { body } = await callApi(api, "GET", `/companies/${books.entityId}/journal-entries?limit=1`);
  return z.object({ totalCount: z.int() }).parse(body).totalCount;
}
