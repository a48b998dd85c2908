import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { writeFileWhole } from "./write-file.ts";

/** The Worker's secrets, which a deployment is given with `wrangler secret put`. */
const names = ["CURSOR_SECRET", "SESSION_SECRET", "OPERATOR_TOKEN"] as const;
export type WorkerSecrets = Record<(typeof names)[number], string>;

/** The secrets of a data folder: created on its first start, readable by its owner only. A name that came with a later release is added. */
export function workerSecrets(dataDir: string): WorkerSecrets {
  const file = path.join(dataDir, "secrets.json");
  const kept = readSecrets(file);
  const secrets: WorkerSecrets = { ...newSecrets(), ...kept };
  if (names.some((name) => kept[name] === undefined)) {
    mkdirSync(dataDir, { recursive: true });
    writeFileWhole(file, JSON.stringify(secrets, null, 2), 0o600);
  }
  return secrets;
}

/** Fresh ones: 256 bits each. */
export function newSecrets(): WorkerSecrets {
  const fresh = () => randomBytes(32).toString("base64url");
  return { CURSOR_SECRET: fresh(), SESSION_SECRET: fresh(), OPERATOR_TOKEN: fresh() };
}

function readSecrets(file: string): Partial<WorkerSecrets> {
  try {
    return z.partialRecord(z.enum(names), z.string()).parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return {};
    throw new Error(`${file} cannot be read.`, { cause: error });
  }
}
