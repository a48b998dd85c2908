import { type Books, composed, decomposed, type Firm, farAway, type Key } from "./books.ts";

/** People and keys of a site, of every kind. */
export async function makeKeys(books: Books, { live }: Firm, entityId: string) {
  const { key } = live;
  const password = "correct horse battery staple";
  const user = (name: string, role: string, more: Readonly<Record<string, unknown>> = {}) =>
    books.post(key, "/users", { name, email: `${name.toLowerCase()}@tide.example`, role, ...more }, { name: `user ${name}` });
  const token = (name: string, fields: Readonly<Record<string, unknown>>) =>
    books.post<Key>(key, "/tokens", { name, ...fields }, { name: `key ${name}` });
  const ann = await user("Ann", "APPROVER", { password, mustChangePassword: false });
  const cem = await user("Cem", "PREPARER", { password, mustChangePassword: false });
  const gone = await user("Gus", "REVIEWER", { password });
  await books.send(key, "DELETE", `/users/${gone.id}`);
  await books.send(key, "PATCH", `/users/${cem.id}`, { name: `Cem ${decomposed}` });
  const signIn = (name: string) => {
    const wish = { email: `${name.toLowerCase()}@tide.example`, password, siteId: live.siteId };
    return books.send<{ readonly accessToken: string; readonly refreshToken: string }>("", "POST", "/auth/token", wish);
  };
  /** A person makes theirs in a session. */
  const own = async (name: string, role: string) => {
    const { accessToken } = await signIn(name);
    return books.post<Key>(accessToken, "/tokens", { name: `Key of ${name}`, kind: "person", role }, { name: `key Key of ${name}` });
  };
  const keys = {
    approver: await own("Ann", "APPROVER"),
    preparer: await own("Cem", "PREPARER"),
    agent: await token("Receipt reader", { kind: "agent", role: "PREPARER" }),
    reviewer: await token(`Auditor ${composed}`, { role: "REVIEWER" }),
    restricted: await token("One company's", { role: "ADMIN", entityIds: [entityId] }),
    ending: await token("With an end", { role: "PREPARER", expiresAt: farAway }),
    revoked: await token("Revoked", { role: "OWNER" }),
    rotated: await token("Rotated", { role: "REVIEWER" }),
  };
  await books.send(key, "DELETE", `/tokens/${keys.revoked.id}`);
  await books.post(key, `/tokens/${keys.rotated.id}/rotate`, { overlapSeconds: 604_800 }, { name: "rotation of a key" });
  const session = await signIn("Ann");
  return { ...keys, session, password, users: { ann, cem, gone } };
}
export type Keys = Awaited<ReturnType<typeof makeKeys>>;
