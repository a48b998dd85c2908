import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { crons } from "../../src/jobs/crons.ts";
import { consumers } from "../../src/jobs/queues.ts";
import { messageRetriesMax } from "../../src/kernel/bounds.ts";

/** Of wrangler.toml and docs/deploy.md, as vitest.config.ts binds it. */
interface Configuration {
  readonly producers: readonly { readonly binding: string; readonly queue: string }[];
  readonly consumers: readonly { readonly queue: string; readonly dead_letter_queue?: string; readonly max_retries?: number }[];
  readonly crons: readonly string[];
  /** The queues that docs/deploy.md creates. */
  readonly created: readonly string[];
}

const configuration: Configuration = JSON.parse((env as unknown as { BACKGROUND: string }).BACKGROUND);
const bindings = Object.keys(consumers).sort();
const sorted = (names: Iterable<string>) => [...new Set(names)].sort();

test("R13: each queue that is sent to is called as its binding, and has its consumer, in the table and in wrangler.toml", () => {
  const { producers } = configuration;
  expect(producers.map(({ queue }) => queue)).toEqual(
    producers.map(({ binding }) => `countinghouse-${binding.toLowerCase().replaceAll("_", "-")}`),
  );
  expect(sorted(producers.map(({ binding }) => binding))).toEqual(bindings);
  expect(sorted(configuration.consumers.map(({ queue }) => queue))).toEqual(
    sorted(producers.flatMap(({ queue }) => [queue, `${queue}-dead`])),
  );
});

test("R13: each consumer has the dead-letter queue of its queue, which is consumed too and has none", () => {
  for (const { queue, dead_letter_queue, max_retries } of configuration.consumers) {
    const isDead = queue.endsWith("-dead");
    expect([queue, dead_letter_queue]).toEqual([queue, isDead ? undefined : `${queue}-dead`]);
    // What counts the attempts knows the last one by this.
    if (!isDead) expect(max_retries).toBe(messageRetriesMax);
  }
});

test("docs/deploy.md creates every queue, and no other", () => {
  expect(configuration.created.toSorted()).toEqual(sorted(configuration.consumers.map(({ queue }) => queue)));
});

test("R13: no queue is called as the end of another, or as a dead-letter queue, so that a batch has one consumer", () => {
  expect(bindings.filter((name) => name.endsWith("_DEAD"))).toEqual([]);
  expect(bindings.filter((name) => bindings.some((other) => other.endsWith(`_${name}`)))).toEqual([]);
});

test("R13: each trigger of wrangler.toml has its crons, and each cron its trigger", () => {
  expect(sorted(configuration.crons)).toEqual(sorted(Object.values(crons).map(({ at }) => at)));
});
