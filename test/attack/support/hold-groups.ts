import { type Books, entryOf, freshKey } from "../../support/books.ts";
import type { Answer, Api } from "../../support/site.ts";

export const newGroup = () => crypto.randomUUID();

export const holdOf = ({ entityId }: Pick<Books, "entityId">, groupId: string, amount = 100) => ({
  entityId,
  ...entryOf("rent", "cash", amount),
  groupId,
});

export const place = (api: Api, books: Books, groupId: string, headers = freshKey(), amount = 100) =>
  api.post("/holds", holdOf(books, groupId, amount), headers);

export const decide = (api: Api, groupId: string, how: "settle" | "release", headers = freshKey()) =>
  api.post(`/hold-groups/${groupId}/${how}`, {}, headers);

/** The states of a group's holds, as its view has them. */
export const statuses = (answer: Answer) => answer.body.holds.map(({ status }: { status: string }) => status);
