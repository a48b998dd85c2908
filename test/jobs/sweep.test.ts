import { expect, test } from "vitest";
import { siteMoving } from "../../src/db/site-fence.ts";
import { sweep } from "../../src/operation/sweep.ts";

async function* rowsOf(...rows: number[]) {
  yield* rows;
}

test("a row whose work fails is logged and keeps no other waiting; one whose site is moved meanwhile is left without a word", async () => {
  const done: number[] = [];
  const logged: unknown[] = [];
  const log = { info: () => undefined, error: (event: string, _error: unknown, facts?: object) => void logged.push({ event, ...facts }) };
  await sweep({ log }, { event: "swept", factsOf: (row) => ({ row }) }, rowsOf(1, 2, 3, 4), async (row) => {
    if (row === 2) throw new Error("It fails.");
    if (row === 3) throw siteMoving();
    done.push(row);
  });
  expect(done).toEqual([1, 4]);
  expect(logged).toEqual([{ event: "swept", row: 2 }]);
});
