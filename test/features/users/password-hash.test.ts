import { describe, expect, test } from "vitest";
import { findPassword, hashesFor, hashPassword, isOutdated, passwordCost } from "../../../src/features/users/password-hash.ts";

const cheap = { log2N: 4, r: 1, p: 1 };
const [ada, eve] = ["01980c1e-7e0f-7abc-9def-000000000001", "01980c1e-7e0f-7abc-9def-000000000002"];
const right = "correct horse battery staple";

describe("a password", () => {
  test("costs what OWASP asks for at 32 MiB, unless the installation says otherwise", () => {
    const cost = passwordCost({});
    expect(cost).toEqual({ log2N: 15, r: 8, p: 3 });
    expect(passwordCost({ PASSWORD_COST_LOG2_N: "16" })).toEqual({ log2N: 16, r: 8, p: 3 });
    const hash = hashPassword(cost, right, ada, []);
    expect(hash).toMatch(/^\$scrypt\$ln=15,r=8,p=3\$[\w-]{22}\$[\w-]{43}$/);
    expect(findPassword(cost, right, [{ userId: ada, hash }])?.userId).toBe(ada);
    expect(findPassword(cost, `${right}.`, [{ userId: ada, hash }])).toBeUndefined();
  });

  test("is salted for each user", () => {
    const hashes = [ada, eve].map((userId) => hashPassword(cheap, right, userId, []));
    expect(new Set(hashes.map((hash) => hash.split("$")[3])).size).toBe(2);
    expect(hashPassword(cheap, right, ada, [])).not.toBe(hashPassword(cheap, right, ada, []));
  });

  test("opens nothing when its hash is put in another user's place", () => {
    const hash = hashPassword(cheap, right, ada, []);
    expect(findPassword(cheap, right, [{ userId: eve, hash }])).toBeUndefined();
  });

  test("is found among those of one email, by one salt; the first where several are the same", () => {
    const first = { userId: ada, hash: hashPassword(cheap, "another password", ada, []) };
    const other = { userId: eve, hash: hashPassword(cheap, right, eve, [first]) };
    expect(first.hash.split("$")[3]).toBe(other.hash.split("$")[3]);
    expect(findPassword(cheap, right, [first, other])?.userId).toBe(eve);
    const same = { userId: ada, hash: hashPassword(cheap, right, ada, [other]) };
    expect(findPassword(cheap, right, [same, other])?.userId).toBe(ada);
    expect(same.hash).not.toBe(other.hash);
  });

  test("is looked at with as many salts as there are, each once", () => {
    // As where two users of an email set their first passwords at once: none of them is left out.
    const salted = ["1", "2", "3", "4"].map((userId) => ({ userId, hash: hashPassword(cheap, `${right} ${userId}`, userId, []) }));
    for (const { userId } of salted) expect(findPassword(cheap, `${right} ${userId}`, salted)?.userId).toBe(userId);
    const shared = { userId: "5", hash: hashPassword(cheap, right, "5", salted) };
    expect([hashesFor([]), hashesFor([shared]), hashesFor(salted), hashesFor([...salted, shared])]).toEqual([1, 1, 4, 4]);
  });

  test("of another cost is outdated, is found, and lends nobody its salt", () => {
    const hash = hashPassword({ ...cheap, r: 2 }, right, ada, []);
    expect([isOutdated(cheap, hash), isOutdated({ ...cheap, r: 2 }, hash)]).toEqual([true, false]);
    expect(findPassword(cheap, right, [{ userId: ada, hash }])?.userId).toBe(ada);
    expect(hashPassword(cheap, right, eve, [{ userId: ada, hash }]).split("$")[3]).not.toBe(hash.split("$")[3]);
  });
});
