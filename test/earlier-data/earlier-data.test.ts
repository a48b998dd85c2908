import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { credentials } from "./books.ts";
import { checkAnswers } from "./check-answers.ts";
import { summaryOf } from "./compare-answers.ts";
import { fixtureNames, readFixture, unpackedData } from "./fixture-folder.ts";
import { type ServerAt, startServerAt } from "./server-at.ts";

interface Page<T> {
  readonly data: readonly T[];
}
interface WithId {
  readonly id: string;
}
interface Ledger extends WithId {
  readonly entityId: string;
  readonly currency: string;
}
interface Account extends WithId {
  readonly minBalance: number | null;
  readonly maxBalance: number | null;
}
interface Balance {
  readonly accountId: string;
  readonly balance: number;
  readonly normalSide: "debit" | "credit";
}
interface Entry extends WithId {
  readonly status: string;
  readonly approval: { readonly version: number } | null;
}
interface Hold extends WithId {
  readonly ledgerId: string;
}
interface Job extends WithId {
  readonly status: string;
  readonly result: { readonly ok: boolean; readonly faults: readonly unknown[] } | null;
}

const names = fixtureNames();
const jobEndsWithinMs = 30_000;

test("there is data of earlier builds", () => {
  assert.notEqual(names.length, 0);
});

for (const name of names)
  describe(`the data of ${name}`, () => {
    const { description, exchanges, expected } = readFixture(name);
    const day = new Date(description.atMs).toISOString().slice(0, 10);
    let server: ServerAt;
    let removeData: () => Promise<void>;
    let writes = 0;
    before(async () => {
      const { dataDir, remove } = await unpackedData(name);
      removeData = remove;
      server = await startServerAt(description.atMs, dataDir, description.vars);
    });
    after(async () => {
      await server?.stop();
      await removeData?.();
    });

    async function send(key: string, method: string, path: string, body?: unknown, idempotencyKey?: string) {
      const response = await fetch(`${server.baseUrl}/api/v1${path}`, {
        method,
        headers: {
          ...credentials(key),
          ...(body !== undefined && { "Content-Type": "application/json" }),
          ...(method === "POST" && { "Idempotency-Key": idempotencyKey ?? `${name} ${++writes}` }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      return { status: response.status, text: await response.text(), isReplayed: response.headers.get("X-Idempotent-Replayed") === "true" };
    }

    async function call<T>(key: string, method: string, path: string, body?: unknown): Promise<T> {
      const { status, text } = await send(key, method, path, body);
      assert.ok(status < 300, `${method} ${path}: ${status} ${text}`);
      return JSON.parse(text);
    }

    async function allLedgers(): Promise<{ readonly key: string; readonly ledger: Ledger }[]> {
      const pages = description.owners.map(async (key) => {
        const { data } = await call<Page<Ledger>>(key, "GET", "/ledgers?limit=200");
        return data.map((ledger) => ({ key, ledger }));
      });
      const ledgers = (await Promise.all(pages)).flat();
      assert.notEqual(ledgers.length, 0);
      return ledgers;
    }

    async function endOf(key: string, jobId: string): Promise<Job> {
      const giveUpAt = Date.now() + jobEndsWithinMs;
      for (;;) {
        const job = await call<Job>(key, "GET", `/jobs/${jobId}`);
        if (job.status !== "running") return job;
        assert.ok(Date.now() < giveUpAt, `The job does not end: ${JSON.stringify(job)}`);
        await wait(100);
      }
    }

    /** Has every log checked: seals, and every figure as the fold of the facts. */
    async function verifyAll(): Promise<void> {
      const checks = (await allLedgers()).map(async ({ key, ledger }) => {
        const { id } = await call<Job>(key, "POST", `/ledgers/${ledger.id}/verify`, {});
        const { result } = await endOf(key, id);
        assert.ok(result?.ok, `${ledger.currency} ${ledger.id}: ${JSON.stringify(result)}`);
        assert.deepEqual(result.faults, []);
      });
      await Promise.all(checks);
    }

    const balancesOf = async (key: string, ledgerId: string): Promise<Map<string, Balance>> => {
      const { data } = await call<Page<Balance>>(key, "GET", `/balances?ledgerId=${ledgerId}&limit=200`);
      return new Map(data.map((balance) => [balance.accountId, balance]));
    };

    /** Two accounts without limits of their own, of which neither is carried past what a balance may be. */
    async function twoAccounts(key: string, ledgerId: string) {
      const { data } = await call<Page<Account>>(key, "GET", `/accounts?ledgerId=${ledgerId}&status=active&sort=code:asc&limit=200`);
      const balances = await balancesOf(key, ledgerId);
      const free = data.filter(({ minBalance, maxBalance }) => minBalance === null && maxBalance === null);
      const takes = (side: "debit" | "credit", accountId: string) => {
        const { balance = 0, normalSide = side } = balances.get(accountId) ?? {};
        return Math.abs(balance) < 2 ** 52 || balance > 0 !== (normalSide === side);
      };
      const debit = free.find(({ id }) => takes("debit", id));
      const credit = free.find(({ id }) => id !== debit?.id && takes("credit", id));
      return debit && credit ? { debit: debit.id, credit: credit.id } : undefined;
    }

    /** Posts to every ledger, sees the figures move, sends the same again, and takes it back. */
    async function postToAll(): Promise<void> {
      const posted = await Promise.all((await allLedgers()).map(({ key, ledger }) => postTo(key, ledger)));
      assert.ok(posted.includes(true));
    }

    async function postTo(key: string, ledger: Ledger): Promise<boolean> {
      const accounts = await twoAccounts(key, ledger.id);
      // A ledger that nobody has opened accounts in.
      if (accounts === undefined) return false;
      const [to, idempotencyKey] = [`/companies/${ledger.entityId}/journal-entries`, `${name} post ${++writes}`];
      const lines = [
        { accountId: accounts.debit, side: "debit", amount: 7 },
        { accountId: accounts.credit, side: "credit", amount: 7 },
      ];
      const entry = { ledgerId: ledger.id, date: day, externalId: idempotencyKey, lines };
      const earlier = await balancesOf(key, ledger.id);
      const answer = await send(key, "POST", to, entry, idempotencyKey);
      assert.ok(answer.status === 201 || answer.status === 202, answer.text);
      const again = await send(key, "POST", to, entry, idempotencyKey);
      assert.ok(again.isReplayed);
      assert.equal(again.text, answer.text);
      const made: Entry = JSON.parse(answer.text);
      if (made.status === "pending_approval")
        await call(description.approver, "POST", `${to}/${made.id}/approve`, { version: made.approval?.version });
      const now = await balancesOf(key, ledger.id);
      for (const side of ["debit", "credit"] as const) {
        const balance = now.get(accounts[side]);
        const moved = balance?.normalSide === side ? 7 : -7;
        assert.equal(balance?.balance, (earlier.get(accounts[side])?.balance ?? 0) + moved, `${side} in ${ledger.currency} ${ledger.id}`);
      }
      const { data: found } = await call<Page<Entry>>(
        key,
        "GET",
        `${to}?ledgerId=${ledger.id}&externalId=${encodeURIComponent(idempotencyKey)}`,
      );
      assert.deepEqual(
        found.map(({ id, status }) => [id, status]),
        [[made.id, "posted"]],
      );
      const reversal = await send(key, "POST", `${to}/${made.id}/reverse`, { date: day, reason: "Posted to see it" });
      assert.ok(reversal.status === 201 || reversal.status === 202, reversal.text);
      return true;
    }

    test("answers as it did", async () => {
      const { differences, missing } = await checkAnswers(server.baseUrl, exchanges, expected);
      assert.equal(differences.length, 0, `Answered otherwise than before:\n${summaryOf(differences).join("\n")}`);
      assert.deepEqual(missing, [], "Listed as a difference, and there is none.");
    });

    test("is whole", verifyAll);

    test("takes new entries in every ledger", postToAll);

    test("goes on with what was open: holds are settled, and what waits is approved", async () => {
      let [settled, approved] = [0, 0];
      const ledgers = await allLedgers();
      for (const { key, ledger } of ledgers) {
        const { data } = await call<Page<Hold>>(key, "GET", `/holds?ledgerId=${ledger.id}&status=open&limit=200`);
        for (const { id } of data) {
          await call(key, "POST", `/holds/${id}/settle`, {});
          settled += 1;
        }
      }
      // In a session: the approver's key was made by another, and an agent had a part in some of what waits.
      const { email, password, siteId } = description.user;
      const { accessToken } = await call<{ readonly accessToken: string }>("", "POST", "/auth/token", { email, password, siteId });
      const { data: own } = await call<Page<Ledger>>(accessToken, "GET", "/ledgers?limit=200");
      for (const entityId of new Set(own.map((ledger) => ledger.entityId))) {
        const list = `/companies/${entityId}/journal-entries`;
        const { data } = await call<Page<Entry>>(accessToken, "GET", `${list}?status=pending_approval&limit=200`);
        for (const { id, approval } of data) {
          const answer = await send(accessToken, "POST", `${list}/${id}/approve`, { version: approval?.version });
          // Who prepared it does not approve it.
          assert.ok(answer.status < 300 || answer.text.includes('"SELF_APPROVAL"'), answer.text);
          if (answer.status < 300) approved += 1;
        }
      }
      assert.notEqual(settled, 0);
      assert.notEqual(approved, 0);
    });

    test("lets its people in: by password, by the session that they had, and by a new key", async () => {
      const { email, password, siteId, refreshToken } = description.user;
      for (const wish of [{ email, password, siteId }, { refreshToken }]) {
        const { accessToken } = await call<{ readonly accessToken: string }>("", "POST", "/auth/token", wish);
        await call(accessToken, "GET", "/me");
      }
      for (const owner of description.owners) {
        const { key } = await call<{ readonly key: string }>(owner, "POST", "/tokens", { name: "A new one", role: "PREPARER" });
        await call(key, "GET", "/me");
      }
    });

    test("takes a new company beside those that are there", async () => {
      for (const key of description.owners) {
        const wish = { name: "A new one", functionalCurrency: "USD", chart: "us-small-business" };
        const { id } = await call<WithId>(key, "POST", "/entities", wish);
        const { data } = await call<Page<WithId>>(key, "GET", "/entities?limit=1&sort=createdAt:desc");
        assert.deepEqual(
          data.map((entity) => entity.id),
          [id],
        );
      }
    });

    test("goes on in the next generation of every ledger, and is whole", async () => {
      const closed = (await allLedgers()).map(async ({ key, ledger }) => {
        const { id } = await call<Job>(key, "POST", `/ledgers/${ledger.id}/close-out`, { force: true });
        assert.ok((await endOf(key, id)).result?.ok);
      });
      await Promise.all(closed);
      await postToAll();
      await verifyAll();
    });

    test("gives the Worker nothing to warn of", () => {
      assert.deepEqual(server.logged, []);
    });
  });
