import path from "node:path";
import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-pool-workers";
import { defineConfig } from "vitest/config";
import { unstable_readConfig } from "wrangler";

const migrations = (schema: string) => readD1Migrations(path.join(import.meta.dirname, "migrations", schema));

/** What wrangler.toml says of queues and crons: its tables in the code are compared with it. */
const background = () => {
  const { queues, triggers } = unstable_readConfig({ config: path.join(import.meta.dirname, "wrangler.toml") });
  return JSON.stringify({ ...queues, crons: triggers.crons });
};

/** For what hangs. A slow machine is no fault, and no test says how fast something is. */
const testTimeout = 120_000;

/** Two kinds of tests: the pure rules in plain Node, everything that runs inside workerd with real databases, objects and queues. */
export default defineConfig(async () => ({
  test: {
    projects: [
      { test: { name: "domain", include: ["test/domain/**/*.test.ts", "test/tidy/**/*.test.ts"], testTimeout } },
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
          include: ["test/{access,contract,docs,features,http,jobs,ledger,platform}/**/*.test.ts"],
          setupFiles: ["./test/support/migrate.ts"],
          testTimeout,
        },
      },
    ],
  },
}));
