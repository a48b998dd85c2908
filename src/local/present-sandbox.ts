import { describeServer, type StoredKeys, storedKeys } from "./data-files.ts";
import { followReset, renewKey } from "./first-start.ts";
import type { WorkerSecrets } from "./secrets.ts";

const freshForMs = 2_000;

/**
 * The sandbox as it is now, for the pages that are filled with it: it may have been reset, or its key replaced, while the server runs.
 * The API is asked at most every two seconds; `keys.json` and `server.json` follow.
 */
export function presentSandbox(dataDir: string, baseUrl: string, secrets: WorkerSecrets, isStopping: () => boolean) {
  let asked: { readonly atMs: number; readonly answer: Promise<StoredKeys["sandbox"] | undefined> } | undefined;
  const ask = async () => {
    const kept = storedKeys(dataDir);
    if (!kept) return undefined;
    try {
      const renewed = await renewKey(dataDir, baseUrl, secrets, kept, "sandbox");
      const present = await followReset(dataDir, { baseUrl, key: renewed.sandbox.key }, renewed);
      // A server that stops has taken its description away.
      if (present !== kept && !isStopping()) describeServer(dataDir, baseUrl, present);
      return present.sandbox;
    } catch (error) {
      // A page that says how the installation does must come also when the API does not answer.
      console.error("The sandbox could not be asked for; the pages show it as it was.", error);
      return kept.sandbox;
    }
  };
  return () => {
    if (!asked || Date.now() - asked.atMs >= freshForMs) asked = { atMs: Date.now(), answer: ask() };
    return asked.answer;
  };
}
