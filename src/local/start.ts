import { existsSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { parseArgs } from "node:util";
import { curlLines } from "../docs/curl-lines.ts";
import { projectRoot } from "./build.ts";
import { describeServer, forgetServer, type StoredKeys, storedKeys } from "./data-files.ts";
import { DataFolderInUse, DataFolderUnusable, lockDataFolder } from "./data-folder.ts";
import { fillSandbox, readTrialBalance, renewKey, signUp } from "./first-start.ts";
import { type OwnerAccess, ownerAccess, passwordShown, signInLine } from "./owner-password.ts";
import { presentSandbox } from "./present-sandbox.ts";
import { endOrphanedRuntime } from "./runtime-guard.ts";
import { type WorkerSecrets, workerSecrets } from "./secrets.ts";
import { type RunningServer, startServer } from "./server.ts";
import { trialBalanceTable } from "./trial-balance-table.ts";

const usage = `npm start [-- --port 8787] [--data .countinghouse] [--empty] [--new-owner-password] [--trust-proxy] [--accept-clock]

  --port                the port on 127.0.0.1; 0 takes any free one. Default 8787, or any if that is taken.
  --data                the folder that keeps everything. Default .countinghouse.
  --empty               do not fill the sandbox with the demo company on the first start.
  --new-owner-password  set a new password for the firm's owner and show it.
  --trust-proxy         one proxy stands in front: the client is who it names last in X-Forwarded-For, the scheme that of X-Forwarded-Proto.
  --accept-clock        the clock is right as it stands, although it leapt a day ahead or stands an hour behind what was seen before.`;

const defaultPort = 8787;
const defaultFolder = path.join(projectRoot, ".countinghouse");

/** Starts the server on its data; on the first start signs a firm up and fills its sandbox. */
async function start(): Promise<void> {
  const { values } = parseArgs({
    args: withNegativePort(process.argv.slice(2)),
    options: {
      port: { type: "string" },
      data: { type: "string", default: defaultFolder },
      empty: { type: "boolean", default: false },
      "new-owner-password": { type: "boolean", default: false },
      "trust-proxy": { type: "boolean", default: false },
      "accept-clock": { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return;
  }
  // npm runs scripts in the project's folder; a path is meant from where it was called.
  const dataDir = path.resolve(process.env.INIT_CWD ?? ".", values.data);
  const asked = readPort(values.port);
  // A refused start leaves no folder behind. One that is there may hold what a killed server left, the port too: that is cleared first.
  if (!existsSync(dataDir)) await choosePort(asked);
  const lock = lockDataFolder(dataDir);
  // From here on the folder is this process's: what a killed server left in it is cleared away, its runtime and so its port.
  forgetServer(dataDir);
  await endOrphanedRuntime(dataDir);
  const port = await choosePort(asked);
  console.log(
    storedKeys(dataDir)
      ? "Starting."
      : "Starting for the first time: this builds the Worker and fills the sandbox, and takes half a minute.",
  );
  const secrets = workerSecrets(dataDir);
  let server: RunningServer | undefined;
  let stoppingSince: number | undefined;
  const stop = async () => {
    if (stoppingSince !== undefined) {
      // npm passes on the Ctrl-C that the terminal sent to both; only a later one is a person who will not wait.
      if (Date.now() - stoppingSince > 1_000) process.exit(130);
      return;
    }
    stoppingSince = Date.now();
    console.log("Stopping; what is on its way is finished first.");
    forgetServer(dataDir);
    await server?.stop();
    process.exit(0);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);
  if (process.env.npm_lifecycle_event === "start") whenParentEnds(stop);
  let sandboxKey = async () => storedKeys(dataDir)?.sandbox;
  server = await startServer({
    dataDir,
    port,
    vars: secrets,
    sandboxKey: () => sandboxKey(),
    lock,
    trustProxy: values["trust-proxy"],
    acceptClock: values["accept-clock"],
  });
  try {
    const { keys, owner } = await readyKeys(dataDir, server, secrets, { demo: !values.empty, renew: values["new-owner-password"] });
    describeServer(dataDir, server.baseUrl, keys);
    sandboxKey = presentSandbox(dataDir, server.baseUrl, secrets, () => stoppingSince !== undefined);
    const report = await readTrialBalance(server.baseUrl, keys);
    const lines = [
      "",
      ...(report ? [`Trial balance of ${report.company} as of ${report.asOf}`, "", trialBalanceTable(report.report), ""] : []),
      `Base URL     ${server.baseUrl}/api/v1`,
      `Reference    ${server.baseUrl}/docs`,
      `Sandbox key  ${keys.sandbox.key}`,
      `Live key     ${keys.live.key}`,
      ...(owner ? ownerLines(owner, values.data) : []),
      "",
      "To try it, paste:",
      "",
      ...curlLines(server.baseUrl, keys.sandbox).flatMap(({ title, command }) => [`# ${title}`, command, ""]),
      ...(owner?.password === undefined
        ? []
        : [
            "# Sign in as the owner, who approves what waits",
            signInLine(server.baseUrl, keys.sandbox.siteId, owner.email, owner.password),
            "",
          ]),
      "Ctrl-C ends it; the data stays.",
    ];
    console.log(lines.join("\n"));
    if (owner) passwordShown(dataDir, storedKeys(dataDir) ?? keys, owner);
  } catch (error) {
    // The requests of a start that is being stopped fail, and that is no news.
    if (stoppingSince !== undefined) return;
    await server.stop();
    throw error;
  }
}

function ownerLines({ email, password }: OwnerAccess, folder: string): readonly string[] {
  const sameFolder = folder === defaultFolder ? "" : ` --data ${inShell(folder)}`;
  const another = `npm start --${sameFolder} --new-owner-password sets another`;
  if (password === undefined) return [`Owner        ${email}; the password was shown once, ${another}`];
  return [`Owner        ${email}`, `Password     ${password}   (shown this once; ${another})`];
}

/** The keys and the owner, with all that a start does for them. Where nothing may be written the keys are as they were stored. */
async function readyKeys(
  dataDir: string,
  { baseUrl, refusesWrites }: RunningServer,
  secrets: WorkerSecrets,
  wishes: { readonly demo: boolean; readonly renew: boolean },
): Promise<{ readonly keys: StoredKeys; readonly owner?: OwnerAccess }> {
  const stored = storedKeys(dataDir);
  const reason = refusesWrites();
  if (reason !== undefined && stored !== undefined) return { keys: stored };
  if (reason !== undefined) throw new UsageError(`A first start has to write. ${reason.message}`);
  const signedUp = await signUp(dataDir, baseUrl, secrets, wishes);
  const withLive = await renewKey(dataDir, baseUrl, secrets, signedUp, "live");
  const withBoth = await renewKey(dataDir, baseUrl, secrets, withLive, "sandbox");
  const keys = await fillSandbox(dataDir, baseUrl, withBoth);
  return { keys, owner: await ownerAccess(baseUrl, keys, secrets, wishes) };
}

/** A word as a shell takes it. */
function inShell(word: string): string {
  return /^[\w./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** A killed npm ends without a signal to its script, which would continue unseen, with the port and the data. */
function whenParentEnds(stop: () => Promise<void>): void {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    void stop();
  }, 500);
  watch.unref();
}

/** The port asked for; else the default where it is free, or any. */
async function choosePort(port: number | undefined): Promise<number> {
  if (port === undefined) return (await isFree(defaultPort)) ? defaultPort : 0;
  if (port !== 0 && !(await isFree(port))) throw new UsageError(`Port ${port} is taken. Choose another, or 0 for any free one.`);
  return port;
}

function readPort(asked: string | undefined): number | undefined {
  if (asked === undefined) return undefined;
  if (!/^\d{1,5}$/.test(asked) || Number(asked) > 65_535) throw new UsageError(`--port is ${asked}; a port is a number from 0 to 65535.`);
  return Number(asked);
}

/** `--port -1` as `--port=-1`: the parser would take the number for an option and answer in its own terms. */
function withNegativePort(args: readonly string[]): string[] {
  return args.flatMap((arg, at) => {
    if (arg === "--port" && /^-\d/.test(args[at + 1] ?? "")) return [`--port=${args[at + 1]}`];
    return args[at - 1] === "--port" && /^-\d/.test(arg) ? [] : [arg];
  });
}

class UsageError extends Error {}

/** What the user has to mend, and needs no stack for. */
function isExpected(error: Error): boolean {
  const ours = [UsageError, DataFolderInUse, DataFolderUnusable].some((kind) => error instanceof kind);
  return ours || isOfArguments(error);
}

/** A fault that the parser of the arguments found. */
function isOfArguments(error: Error): boolean {
  return error instanceof TypeError && "code" in error;
}

function hintFor(error: Error): string {
  return isOfArguments(error) ? "\nOptions stand behind two hyphens, as in npm start -- --port 9000; npm start -- --help lists them." : "";
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}

try {
  await start();
} catch (error) {
  console.error(error instanceof Error && isExpected(error) ? `${error.message}${hintFor(error)}` : error);
  process.exit(1);
}
