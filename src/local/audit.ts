/** Whether an installed package is known to have a fault, and what of them `npm start` and the pages ship. Fails on a fault. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { assetPackages } from "../docs/build-assets.ts";
import { type Advisory, advisoriesOf, installedPackages, type Lockfile, withDependencies } from "./advisories.ts";
import { builtWorker, projectRoot, shippedInputs } from "./build.ts";

const answerBytesMax = 64 * 1024 * 1024;
const askMs = 60_000;

async function readJson<T>(file: string): Promise<T> {
  return JSON.parse(await readFile(path.join(projectRoot, file), "utf8")) as T;
}

/** A package as `npm audit` reports it: `via` has the advisories of its own, and the names of packages whose faults reach it. */
interface Reported {
  readonly via: readonly (string | { readonly url: string; readonly severity: string; readonly range: string })[];
}

/** What the registry knows of the installed packages; undefined where it has no advisories to give, or is not to be reached. */
async function askRegistry(): Promise<Record<string, Reported> | undefined> {
  const answered = await promisify(execFile)("npm", ["audit", "--json"], {
    cwd: projectRoot,
    maxBuffer: answerBytesMax,
    timeout: askMs,
    // It exits with 1 where it has found something.
  }).catch((error: { readonly stdout?: string }) => ({ stdout: error.stdout ?? "" }));
  try {
    const { vulnerabilities } = JSON.parse(answered.stdout) as { readonly vulnerabilities?: Record<string, Reported> };
    return vulnerabilities;
  } catch {
    return undefined;
  }
}

function nameIn(place: string): string | undefined {
  return /(?:^|.*\/)node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(place)?.[1];
}

/** What runs on the machine of whoever starts it: the bundle's packages, the launcher's with all that they need, and the pages'. */
async function shippedBy(lockfile: Lockfile): Promise<Readonly<Record<string, readonly string[]>>> {
  await builtWorker();
  const { bundled, imported } = await shippedInputs();
  const inBundle = [...new Set(bundled.flatMap((place) => nameIn(place) ?? []))].sort();
  return { Worker: inBundle, "npm start": withDependencies(lockfile, imported), pages: [...assetPackages].sort() };
}

const lockfile = await readJson<Lockfile>("package-lock.json");
const installed = installedPackages(lockfile);
for (const [shipper, names] of Object.entries(await shippedBy(lockfile))) {
  console.log(`${shipper} ships ${names.length} packages:`);
  for (const { name, version } of installed.filter((one) => names.includes(one.name))) console.log(`  ${name}@${version}`);
}

interface List {
  readonly asOf: string;
  readonly advisories: readonly Advisory[];
  /** Faults of what is installed that nothing here can meet, each with the reason. */
  readonly accepted: readonly { readonly id: string; readonly package: string; readonly reason: string }[];
}

const list = await readJson<List>("src/local/advisories.json");
const reported = await askRegistry();
if (reported === undefined)
  console.log(`The registry has no advisories to give; compared with the list of ${list.asOf}, ${list.advisories.length} advisories.`);
const known = reported === undefined ? faultsInList() : faultsReported(reported);
const faults = known.filter((fault) => !list.accepted.some(({ id, package: name }) => id === fault.id && name === fault.name));

interface Fault {
  readonly name: string;
  readonly id: string;
  readonly text: string;
}

function faultsInList(): Fault[] {
  return installed.flatMap(({ name, version }) =>
    advisoriesOf({ name, version }, list.advisories).map(({ id, range, severity }) => ({
      name,
      id,
      text: `${name}@${version}: ${id} (${severity}) in ${range}`,
    })),
  );
}

function faultsReported(vulnerabilities: Record<string, Reported>): Fault[] {
  return Object.entries(vulnerabilities).flatMap(([name, { via }]) =>
    via.flatMap((one) => {
      if (typeof one === "string") return [];
      const id = one.url.slice(one.url.lastIndexOf("/") + 1);
      return [{ name, id, text: `${name}: ${id} (${one.severity}) in ${one.range}` }];
    }),
  );
}

console.log(`${installed.length} packages are installed; known faults: ${faults.length}, accepted: ${known.length - faults.length}.`);
for (const { text } of faults) console.error(`  ${text}`);
if (faults.length > 0) process.exitCode = 1;
