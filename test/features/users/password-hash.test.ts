import { describe, expect, test } from "vitest";
import { findPassword, hashesFor, hashPassword, isOutdated, passwordCost } from "../../../src/features/users/password-hash.ts";
import { passwordHasher } from "../../../src/local/password-hasher.ts";

const cheap = { log2N: 4, r: 1, p: 1 };
const [ada, eve] = ["01980c1e-7e0f-7abc-9def-000000000001", "01980c1e-7e0f-7abc-9def-000000000002"];
const right = "correct horse battery staple";

describe("a password", () => {
  test("costs what OWASP asks for at 32 MiB, unless the installation says otherwise", async () => {
    const cost = passwordCost({});
    expect(cost).toEqual({ log2N: 15, r: 8, p: 3 });
    expect(passwordCost({ PASSWORD_COST_LOG2_N: "16" })).toEqual({ log2N: 16, r: 8, p: 3 });
    const hash = await hashPassword(cost, right, ada, []);
    expect(hash).toMatch(/^\$scrypt\$ln=15,r=8,p=3\$[\w-]{22}\$[\w-]{43}$/);
    expect((await findPassword(cost, right, [{ userId: ada, hash }]))?.userId).toBe(ada);
    expect(await findPassword(cost, `${right}.`, [{ userId: ada, hash }])).toBeUndefined();
  });

  test("is salted for each user", async () => {
    const hashes = await Promise.all([ada, eve].map((userId) => hashPassword(cheap, right, userId, [])));
    expect(new Set(hashes.map((hash) => hash.split("$")[3])).size).toBe(2);
    expect(await hashPassword(cheap, right, ada, [])).not.toBe(await hashPassword(cheap, right, ada, []));
  });

  test("opens nothing when its hash is put in another user's place", async () => {
    const hash = await hashPassword(cheap, right, ada, []);
    expect(await findPassword(cheap, right, [{ userId: eve, hash }])).toBeUndefined();
  });

  test("is found among those of one email, by one salt; the first where several are the same", async () => {
    const first = { userId: ada, hash: await hashPassword(cheap, "another password", ada, []) };
    const other = { userId: eve, hash: await hashPassword(cheap, right, eve, [first]) };
    expect(first.hash.split("$")[3]).toBe(other.hash.split("$")[3]);
    expect((await findPassword(cheap, right, [first, other]))?.userId).toBe(eve);
    const same = { userId: ada, hash: await hashPassword(cheap, right, ada, [other]) };
    expect((await findPassword(cheap, right, [same, other]))?.userId).toBe(ada);
    expect(same.hash).not.toBe(other.hash);
  });

  test("is looked at with as many salts as there are, each once", async () => {
    // As where two users of an email set their first passwords at once: none of them is left out.
    const salted = await Promise.all(
      ["1", "2", "3", "4"].map(async (userId) => ({ userId, hash: await hashPassword(cheap, `${right} ${userId}`, userId, []) })),
    );
    for (const { userId } of salted) expect((await findPassword(cheap, `${right} ${userId}`, salted))?.userId).toBe(userId);
    const shared = { userId: "5", hash: await hashPassword(cheap, right, "5", salted) };
    expect([hashesFor([]), hashesFor([shared]), hashesFor(salted), hashesFor([...salted, shared])]).toEqual([1, 1, 4, 4]);
  });

  test("of another cost is outdated, is found, and lends nobody its salt", async () => {
    const hash = await hashPassword({ ...cheap, r: 2 }, right, ada, []);
    expect([isOutdated(cheap, hash), isOutdated({ ...cheap, r: 2 }, hash)]).toEqual([true, false]);
    expect((await findPassword(cheap, right, [{ userId: ada, hash }]))?.userId).toBe(ada);
    expect((await hashPassword(cheap, right, eve, [{ userId: ada, hash }])).split("$")[3]).not.toBe(hash.split("$")[3]);
  });

  test("is hashed by the launcher where it has the binding, to the same hash", async () => {
    const hashInLauncher = passwordHasher();
    const asked: string[] = [];
    const hasher = {
      fetch: async (input: RequestInfo | URL, init?: RequestInit) => {
        const wish = await new Request(input, init).text();
        asked.push(wish);
        return new Response(await hashInLauncher(wish));
      },
    };
    const elsewhere = passwordCost({ PASSWORD_HASHER: hasher, PASSWORD_COST_LOG2_N: "4" });
    const hash = await hashPassword(elsewhere, right, ada, []);
    const here = passwordCost({ PASSWORD_COST_LOG2_N: "4" });
    expect((await findPassword(here, right, [{ userId: ada, hash }]))?.userId).toBe(ada);
    expect(asked).toHaveLength(1);
    const hashedHere = await hashPassword(here, right, ada, []);
    expect((await findPassword(elsewhere, right, [{ userId: ada, hash: hashedHere }]))?.userId).toBe(ada);
    expect(await findPassword(elsewhere, `${right}.`, [{ userId: ada, hash: hashedHere }])).toBeUndefined();
    expect(await findPassword(elsewhere, right, [])).toBeUndefined();
    expect(asked).toHaveLength(4);
  });

  test("is refused as retryable where the launcher has too many to hash", async () => {
    const busy = { ...cheap, hasher: { fetch: async () => new Response(null, { status: 503 }) } };
    const refused = await hashPassword(busy, right, ada, []).catch((error: unknown) => error);
    expect(refused).toMatchObject({ failure: { code: "OVERLOADED" } });
  });
});
