import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { brotliCompressSync, brotliDecompressSync, constants } from "node:zlib";
import type { ExpectedDifference } from "./compare-answers.ts";
import type { Exchange } from "./exchange.ts";

/** What the suite has to know of a data folder to work on it. */
export interface FixtureDescription {
  /** The build that made the data and gave the answers. */
  readonly madeBy: { readonly commit: string; readonly version: string };
  /** When it gave them. */
  readonly atMs: number;
  /** What its Worker ran with, beside the secrets of the folder. */
  readonly vars: Readonly<Record<string, string>>;
  /** An OWNER's key of each site. */
  readonly owners: readonly string[];
  /** A person's key with the role APPROVER, of the first site. */
  readonly approver: string;
  /** Who signs in, and the refresh token of a session that has begun. */
  readonly user: { readonly email: string; readonly password: string; readonly siteId: string; readonly refreshToken: string };
}

export interface Fixture {
  readonly name: string;
  readonly description: FixtureDescription;
  readonly exchanges: readonly Exchange[];
  readonly expected: readonly ExpectedDifference[];
}

const fileOf = (name: string, file: string) => path.join(import.meta.dirname, name, file);
const descriptionFile = "fixture.json";
const answersFile = "answers.json.br";
const differencesFile = "expected-differences.json";
const dataFile = "data.tar.br";

/** All fixtures, the oldest first. */
export function fixtureNames(): string[] {
  return readdirSync(import.meta.dirname)
    .filter((name) => existsSync(fileOf(name, descriptionFile)))
    .sort();
}

/** Far more than a data folder has that is worth a fixture. */
const dataBytesMax = 256 * 1024 ** 2;

/** Brotli with a window of 16 MiB: databases repeat themselves over more than gzip sees. */
function pack(name: string, file: string, bytes: Buffer): void {
  const { BROTLI_PARAM_LGWIN, BROTLI_MAX_WINDOW_BITS, BROTLI_PARAM_SIZE_HINT } = constants;
  const params = { [BROTLI_PARAM_LGWIN]: BROTLI_MAX_WINDOW_BITS, [BROTLI_PARAM_SIZE_HINT]: bytes.length };
  writeFileSync(fileOf(name, file), brotliCompressSync(bytes, { params }));
}

function unpacked(name: string, file: string): Buffer {
  return brotliDecompressSync(readFileSync(fileOf(name, file)));
}

/** Written by `writeFixture`; the differences by whoever meant to make them. */
export function readFixture(name: string): Fixture {
  return {
    name,
    description: JSON.parse(readFileSync(fileOf(name, descriptionFile), "utf8")),
    exchanges: JSON.parse(unpacked(name, answersFile).toString("utf8")),
    expected: JSON.parse(readFileSync(fileOf(name, differencesFile), "utf8")),
  };
}

export function writeFixture({ name, description, exchanges, expected }: Fixture, dataDir: string): void {
  mkdirSync(fileOf(name, "."));
  pack(name, dataFile, execFileSync("tar", ["-cf", "-", "-C", dataDir, "."], { maxBuffer: dataBytesMax }));
  pack(name, answersFile, Buffer.from(JSON.stringify(exchanges)));
  writeFileSync(fileOf(name, descriptionFile), `${JSON.stringify(description, null, 2)}\n`);
  writeFileSync(fileOf(name, differencesFile), `${JSON.stringify(expected, null, 2)}\n`);
}

/** The data of a fixture in a folder of its own. */
export async function unpackedData(name: string): Promise<{ readonly dataDir: string; readonly remove: () => Promise<void> }> {
  const dataDir = await mkdtemp(path.join(tmpdir(), "countinghouse-earlier-"));
  execFileSync("tar", ["-xf", "-", "-C", dataDir], { input: unpacked(name, dataFile) });
  return { dataDir, remove: () => rm(dataDir, { recursive: true, force: true, maxRetries: 5 }) };
}

export function removeFixture(name: string): void {
  rmSync(fileOf(name, "."), { recursive: true });
}
