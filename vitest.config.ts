import { existsSync, mkdtempSync, readFileSync, rmSync, statfsSync } from "node:fs";
import { availableParallelism } from "node:os";
import path from "node:path";
import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-pool-workers";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { unstable_readConfig } from "wrangler";

const migrations = (schema: string) => readD1Migrations(path.join(import.meta.dirname, "migrations", schema));

/** What wrangler.toml says of queues and crons, and the queues that docs/deploy.md creates: the tables in the code are compared with them. */
const background = () => {
  const { queues, triggers } = unstable_readConfig({ config: path.join(import.meta.dirname, "wrangler.toml") });
  const guide = readFileSync(path.join(import.meta.dirname, "docs/deploy.md"), "utf8");
  const created = [...guide.matchAll(/^npx wrangler queues create (\S+)/gm)].map(([, name]) => name);
  return JSON.stringify({ ...queues, crons: triggers.crons, created });
};

/** For what hangs. A slow machine is no fault, and no test says how fast something is. */
const testTimeout = 120_000;
const hookTimeout = testTimeout;

/** Where Linux has files in memory. */
const memory = "/dev/shm";
/** What the databases and objects of a run may fill, several times over. */
const memoryBytesMin = 2 * 1024 ** 3;

/** Databases and objects of a run are stored in memory where there is room: on a disk, most of a run is waiting for it. */
function storeInMemory(): void {
  if (!existsSync(memory)) return;
  const { bavail, bsize } = statfsSync(memory);
  if (bavail * bsize < memoryBytesMin) return;
  const folder = mkdtempSync(path.join(memory, "countinghouse-tests-"));
  process.env.TMPDIR = folder;
  // What a run that was interrupted leaves behind would fill memory until the machine is restarted.
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
}
storeInMemory();

/**
 * How files share the machine. Every core has a worker, and a worker runs one file after another in one isolate: as in production, where an
 * isolate serves many sites for hours. A test that needs caches of its own imports their module under a query.
 */
const sharing = { maxWorkers: availableParallelism(), isolate: false };

/** Starts what runs longest first, so that no file is left to run at the end alone: a file's size, which is all that is known of it, does not show it. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId, project }: TestSpecification) =>
      moduleId.includes("/test/contract/") ? 0 : project.name === "workers" ? 1 : 2;
    return (await super.sort(files)).sort((one, other) => rank(one) - rank(other));
  }
}

const inNode = ["test/{domain,tidy}/**/*.test.ts"];
/** Tests of a whole server, with a script of package.json each. */
const runBesideThese = ["test/{browser,crash,earlier-data,guides,races}/**"];

/** Two kinds of tests: the pure rules in plain Node, everything that runs inside workerd with real databases, objects and queues. */
export default defineConfig(async () => ({
  test: {
    sequence: { sequencer: LongestFirst },
    // Messages of ledgers that a test made without a site come again under whatever file runs then.
    silent: "passed-only" as const,
    projects: [
      { test: { name: "domain", include: inNode, testTimeout, hookTimeout, ...sharing } },
      {
        plugins: [
          cloudflareTest({
            wrangler: { configPath: "./wrangler.toml" },
            remoteBindings: false,
            miniflare: {
              bindings: {
                CURSOR_SECRET: "the cursor secret of the tests",
                SESSION_SECRET: "the session secret of the tests",
                OPERATOR_TOKEN: "the-operator-token-of-the-tests",
                // Cheap, because tests sign in by the hundred.
                PASSWORD_COST_LOG2_N: "8",
                // Small, so that books of a few lines are written out, in blocks, and their runs merged.
                LEDGER_TAIL_LINES: "60",
                LEDGER_BLOCK_RECORDS: "8",
                LEDGER_RUNS_MERGED: "3",
                BACKGROUND: background(),
                FC_SEED: process.env.FC_SEED ?? "",
                DIRECTORY_MIGRATIONS: await migrations("directory"),
                SITE_MIGRATIONS: await migrations("site"),
              },
            },
          }),
        ],
        test: {
          name: "workers",
          include: ["test/**/*.test.ts"],
          exclude: [...inNode, ...runBesideThese],
          setupFiles: ["./test/support/leave-as-found.ts", "./test/support/migrate.ts"],
          testTimeout,
          hookTimeout,
          ...sharing,
        },
      },
    ],
  },
}));
