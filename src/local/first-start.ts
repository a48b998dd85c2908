import { createHash } from "node:crypto";
import { SingleBar } from "cli-progress";
import { z } from "zod";
import { exampleCompany } from "../docs/curl-lines.ts";
import { demoEntity, demoYear } from "../features/sandbox/domain/demo-company.ts";
import { pageLimitMax } from "../kernel/bounds.ts";
import { isCalendarDate } from "../kernel/calendar-date.ts";
import { type Api, callApi, RequestRefused } from "./api-client.ts";
import { type StoredKeys, storedKeys, storeKeys } from "./data-files.ts";
import { firstOwnerPassword, ownerEmail } from "./owner-password.ts";
import type { WorkerSecrets } from "./secrets.ts";
import { TrialBalance } from "./trial-balance-table.ts";

const entriesPerRequest = 100;

/** The launcher's own keys are for work on this machine, which no plan should slow down. Keys made later have the usual one. */
const requestsPerMinute = 1_000_000;

const SiteWithKey = z.object({ siteId: z.string(), tokenId: z.string(), key: z.string() });
const SignedUp = z.object({ live: SiteWithKey, sandbox: SiteWithKey });

/** Signs a firm up, once for the data folder, and stores its keys: they are shown this one time. */
export async function signUp(
  dataDir: string,
  baseUrl: string,
  secrets: WorkerSecrets,
  wishes: { readonly demo: boolean },
): Promise<StoredKeys> {
  const kept = storedKeys(dataDir);
  if (kept) return kept;
  // The key is the data folder's own, so that a sign-up whose answer was lost is repeated and not made twice.
  const idempotencyKey = createHash("sha256").update(`sign-up ${secrets.OPERATOR_TOKEN}`).digest("hex");
  const request = { firmName: "My firm", ownerEmail, ownerPassword: firstOwnerPassword(secrets) };
  const { body } = await callApi({ baseUrl }, "POST", "/signup", { body: request, idempotencyKey });
  const { live, sandbox } = SignedUp.parse(body);
  for (const { tokenId } of [live, sandbox]) await setPlan(baseUrl, secrets, tokenId);
  const keys: StoredKeys = {
    live: { siteId: live.siteId, key: live.key },
    sandbox: { siteId: sandbox.siteId, key: sandbox.key, entityId: null },
    demoEndsOn: wishes.demo ? today() : null,
    demoIsComplete: !wishes.demo,
    owner: { email: ownerEmail, passwordShown: false },
  };
  storeKeys(dataDir, keys);
  return keys;
}

async function setPlan(baseUrl: string, secrets: WorkerSecrets, tokenId: string): Promise<void> {
  await callAsOperator(baseUrl, secrets, "PUT", `/tokens/${tokenId}/plan`, { requestsPerMinute });
}

async function callAsOperator(baseUrl: string, secrets: WorkerSecrets, method: string, path: string, body: unknown): Promise<unknown> {
  const response = await fetch(`${baseUrl}/operator${path}`, {
    method,
    headers: { Authorization: `Bearer ${secrets.OPERATOR_TOKEN}`, "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${method} /operator${path} was refused: ${response.status} ${await response.text()}`);
  return response.json();
}

/** Replaces a stored key that was revoked, rotated or has expired. */
export async function renewKey(
  dataDir: string,
  baseUrl: string,
  secrets: WorkerSecrets,
  keys: StoredKeys,
  site: "live" | "sandbox",
): Promise<StoredKeys> {
  const { siteId, key } = keys[site];
  if (await answers({ baseUrl, key }, "/me", 401)) return keys;
  const wish = { name: "npm start", requestsPerMinute };
  const made = z.object({ key: z.string() }).parse(await callAsOperator(baseUrl, secrets, "POST", `/sites/${siteId}/tokens`, wish));
  const { live, sandbox } = keys;
  const renewed: StoredKeys = {
    ...keys,
    ...(site === "live" ? { live: { ...live, key: made.key } } : { sandbox: { ...sandbox, key: made.key } }),
  };
  storeKeys(dataDir, renewed);
  console.log(`The kept ${site} key works no more; a new one is made and kept.`);
  return renewed;
}

/**
 * Sends the demo company's year to the sandbox, as any client would. Each request has a key of its own that never changes, so a start
 * that was broken off is completed by the next.
 */
export async function fillSandbox(dataDir: string, baseUrl: string, keys: StoredKeys): Promise<StoredKeys> {
  const api: Api = { baseUrl, key: keys.sandbox.key };
  if (keys.demoIsComplete || keys.demoEndsOn === null || !isCalendarDate(keys.demoEndsOn)) return followReset(dataDir, api, keys);
  const entity = await callApi(api, "POST", "/entities", { body: demoEntity, idempotencyKey: "demo-company" });
  const entityId = z.object({ id: z.string() }).parse(entity.body).id;
  const entries = demoYear(keys.demoEndsOn);
  const bar = new SingleBar({ format: "Filling the sandbox [{bar}] {value} of {total} entries", hideCursor: true });
  bar.start(entries.length, 0);
  try {
    for (let at = 0; at < entries.length; at += entriesPerRequest) {
      const part = entries.slice(at, at + entriesPerRequest);
      await callApi(api, "POST", `/companies/${entityId}/journal-entries/batch`, {
        body: { mode: "atomic", entries: part },
        idempotencyKey: `demo-company-${at}`,
        headers: { Prefer: "return=minimal" },
      });
      bar.update(at + part.length);
    }
  } finally {
    bar.stop();
  }
  const filled: StoredKeys = { ...keys, sandbox: { ...keys.sandbox, entityId }, demoIsComplete: true };
  storeKeys(dataDir, filled);
  return filled;
}

/** The sandbox may have been reset since: the demo company is then another one, or there is none; without one, the company that the printed lines made stands for it. */
export async function followReset(dataDir: string, api: Api, keys: StoredKeys): Promise<StoredKeys> {
  const { entityId } = keys.sandbox;
  if (entityId !== null && (await answers(api, `/companies/${entityId}`, 404))) return keys;
  const { body } = await callApi(api, "GET", `/companies?limit=${pageLimitMax}`);
  const { data: companies } = z.object({ data: z.array(z.object({ id: z.string(), name: z.string() })) }).parse(body);
  const named = (wanted: string) => companies.find(({ name }) => name === wanted)?.id;
  const followed = named(demoEntity.name) ?? named(exampleCompany) ?? null;
  if (followed === entityId) return keys;
  const kept: StoredKeys = { ...keys, sandbox: { ...keys.sandbox, entityId: followed }, demoEndsOn: keys.demoEndsOn ?? today() };
  storeKeys(dataDir, kept);
  return kept;
}

/** Whether it is there for the key, and not refused with this status. */
async function answers(api: Api, path: string, absent: 401 | 404): Promise<boolean> {
  try {
    await callApi(api, "GET", path);
    return true;
  } catch (error) {
    if (error instanceof RequestRefused && error.status === absent) return false;
    throw error;
  }
}

export interface CompanyReport {
  readonly company: string;
  readonly asOf: string;
  readonly report: TrialBalance;
}

/** The demo company's trial balance at the end of its year, where there is one. */
export async function readTrialBalance(baseUrl: string, { sandbox, demoEndsOn }: StoredKeys): Promise<CompanyReport | undefined> {
  if (sandbox.entityId === null || demoEndsOn === null) return undefined;
  const { body } = await callApi(
    { baseUrl, key: sandbox.key },
    "GET",
    `/companies/${sandbox.entityId}/reports/trial-balance?asOf=${demoEndsOn}`,
  );
  return { company: demoEntity.name, asOf: demoEndsOn, report: TrialBalance.parse(body) };
}

/** Today, where the books are kept. */
function today(): string {
  const now = new Date();
  return [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
}
