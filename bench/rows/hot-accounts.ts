import type { Rows } from "../bench.ts";
import { batchBodies, hotAccounts, oneDate, singleBodies } from "../bodies.ts";
import { figure } from "../figure.ts";
import { drive } from "../load.ts";
import { postsTo } from "../posting.ts";
import { type Books, newBooks } from "../product.ts";
import { interleave, ratios } from "../rounds.ts";

const kinds = [
  { name: "2 hot accounts against 1,000: one by one", kind: "one", connections: 16, entriesPerRequest: 1 },
  { name: "2 hot accounts against 1,000: 1,000 per request", kind: "minimal", connections: 3, entriesPerRequest: 1_000 },
] as const;
/** Many and short: the two differ by little, and what else the machine does by more. */
const rounds = 61;
const secondsPerRound = 0.3;

/** Whether posting slows down where everything goes over the same two accounts. */
export const hotAgainstMany: readonly Rows[] = kinds.map(({ name, kind, connections, entriesPerRequest }) => {
  let books: { readonly hot: Books; readonly many: Books } | undefined;
  return {
    names: [name],
    async prepare(bench) {
      const { api } = await bench.product();
      books = {
        hot: await newBooks(api, `hot-${kind}`, hotAccounts.accounts),
        many: await newBooks(api, `many-${kind}`, oneDate.accounts),
      };
    },
    async measure(bench) {
      if (books === undefined) throw new Error("assertion failed: prepared first");
      const { api, target } = await bench.product();
      const rateOf = (of: Books, shape: typeof oneDate) => {
        const bodies = kind === "one" ? singleBodies(shape, 2_000, 3) : batchBodies(shape, entriesPerRequest, 40, 3);
        const next = postsTo(api, of, kind, bodies);
        return async () => {
          const done = await drive(target, { connections, seconds: secondsPerRound, next });
          return (done.requests * entriesPerRequest) / done.seconds;
        };
      };
      const { hot, many } = await interleave({ hot: rateOf(books.hot, hotAccounts), many: rateOf(books.many, oneDate) }, rounds);
      return [figure(name, "ratio", ratios(hot, many), { atLeast: 1 }, { beside: { "entries/s on 2": hot, "on 1,000": many } })];
    },
  };
});
