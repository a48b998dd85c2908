import { readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { writeFileWhole } from "./write-file.ts";

const SiteKey = z.object({ siteId: z.string(), key: z.string() });

/** What the launcher stores from its first start: nobody can ask for a key twice. */
const StoredKeys = z.object({
  live: SiteKey,
  sandbox: SiteKey.extend({ entityId: z.string().nullable() }),
  /** Up to which day the demo company's year runs; null where the sandbox is to stay empty. */
  demoEndsOn: z.string().nullable(),
  demoIsComplete: z.boolean(),
  /** The firm's owner; nothing where an earlier build signed the firm up. */
  owner: z.object({ email: z.string(), passwordShown: z.boolean() }).optional(),
});
export type StoredKeys = z.infer<typeof StoredKeys>;

/** What a running server says of itself, for other programs: `<data>/server.json`. */
export const ServerDescription = z.object({
  baseUrl: z.string(),
  pid: z.number(),
  live: SiteKey,
  sandbox: SiteKey.extend({ entityId: z.string().nullable() }),
});
export type ServerDescription = z.infer<typeof ServerDescription>;

const keysFile = (dataDir: string) => path.join(dataDir, "keys.json");
const serverFile = (dataDir: string) => path.join(dataDir, "server.json");

export function storedKeys(dataDir: string): StoredKeys | undefined {
  return readAs(StoredKeys, keysFile(dataDir));
}

export function storeKeys(dataDir: string, keys: StoredKeys): void {
  writeFileWhole(keysFile(dataDir), JSON.stringify(keys, null, 2), 0o600);
}

/** Written when the server is ready for its first visitor, and taken away when it stops in order. */
export function describeServer(dataDir: string, baseUrl: string, { live, sandbox }: StoredKeys): void {
  const description: ServerDescription = { baseUrl, pid: process.pid, live, sandbox };
  writeFileWhole(serverFile(dataDir), JSON.stringify(description, null, 2), 0o600);
}

export function forgetServer(dataDir: string): void {
  rmSync(serverFile(dataDir), { force: true });
}

export function describedServer(dataDir: string): ServerDescription | undefined {
  return readAs(ServerDescription, serverFile(dataDir));
}

function readAs<T>(schema: z.ZodType<T>, file: string): T | undefined {
  try {
    return schema.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw new Error(`${file} cannot be read.`, { cause: error });
  }
}
