import { expect, test } from "vitest";
import { GroupCommit } from "../../src/ledger/object/log/group-commit.ts";

/** A disk: `sync` waits for the commit that is on its way, if there is one. */
function disk() {
  let onItsWay: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined;
  return {
    sync: () => onItsWay?.promise ?? Promise.resolve(),
    begin() {
      onItsWay = Promise.withResolvers<void>();
    },
    end() {
      onItsWay?.resolve();
      onItsWay = undefined;
    },
  };
}

/** All that can be done without the disk is done: nothing waits for a timer. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

function workOf(done: string[], name: string) {
  return () => {
    done.push(name);
    return name;
  };
}

test("a write waits for nothing while no commit is on its way", async () => {
  const done: string[] = [];
  const group = new GroupCommit<string>(disk());
  const write = group.do(workOf(done, "a"));
  await settled();
  expect(done).toEqual(["a"]);
  expect(await write).toBe("a");
});

test("what comes while a commit is on its way is done in one turn when it has ended, in order, and each is given its own answer", async () => {
  const done: string[] = [];
  const storage = disk();
  const group = new GroupCommit<string>(storage);
  storage.begin();
  const writes = ["a", "b", "c"].map((name) => group.do(workOf(done, name)));
  await settled();
  expect(done).toEqual([]);
  let turns = 0;
  const first = writes[0]?.then(() => {
    turns = done.length;
  });
  storage.end();
  await first;
  expect(turns).toBe(3);
  expect(await Promise.all(writes)).toEqual(["a", "b", "c"]);
  expect(done).toEqual(["a", "b", "c"]);
});

test("whoever may not be seen to come after what waits has it done first, and it is done once", async () => {
  const done: string[] = [];
  const storage = disk();
  const group = new GroupCommit<string>(storage);
  storage.begin();
  const writes = ["a", "b"].map((name) => group.do(workOf(done, name)));
  group.doWaiting();
  expect(done).toEqual(["a", "b"]);
  group.doWaiting();
  storage.end();
  expect(await Promise.all(writes)).toEqual(["a", "b"]);
  expect(done).toEqual(["a", "b"]);
});

test("a write that goes on with other objects holds up none behind it", async () => {
  const elsewhere = Promise.withResolvers<string>();
  const done: string[] = [];
  const storage = disk();
  const group = new GroupCommit<string>(storage);
  storage.begin();
  const slow = group.do(() => elsewhere.promise);
  const quick = group.do(workOf(done, "quick"));
  storage.end();
  expect(await quick).toBe("quick");
  elsewhere.resolve("slow");
  expect(await slow).toBe("slow");
});

test("where one throws, which ends the object, nothing behind it is done and none of those that waited is answered", async () => {
  const done: string[] = [];
  const storage = disk();
  const group = new GroupCommit<string>(storage);
  storage.begin();
  const failing = () => {
    throw new Error("the disk is gone");
  };
  const writes = [workOf(done, "before"), failing, workOf(done, "behind")].map((work) => group.do(work));
  storage.end();
  const outcomes = await Promise.allSettled(writes);
  expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
  expect(done).toEqual(["before"]);
});
