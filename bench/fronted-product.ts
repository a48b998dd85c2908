/** The product in a process of its own, as `npm start` runs it: its front must not share a thread with the client that measures it. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";
import { type FrontedProduct, startProduct } from "./product.ts";

/** Starts this file and resolves to what it says of its server. */
export async function startFrontedProduct(dataDir: string): Promise<FrontedProduct> {
  const child = spawn(process.execPath, [import.meta.filename, path.resolve(dataDir)], { stdio: ["pipe", "pipe", "inherit"] });
  const [line] = (await Promise.race([once(createInterface(child.stdout), "line"), once(child, "exit")])) as [unknown];
  if (typeof line !== "string") throw new Error("The server in a process of its own did not start.");
  const stop = async () => {
    const ended = once(child, "exit");
    // It ends when nobody listens any more, also where this process was killed.
    child.stdin.end();
    await ended;
  };
  // Written below.
  return { ...(JSON.parse(line) as Pick<FrontedProduct, "baseUrl" | "runtime" | "api">), stop };
}

const [, file, dataDir] = process.argv;
if (file === import.meta.filename && dataDir !== undefined) {
  const { baseUrl, runtime, api, stop } = await startProduct(dataDir);
  console.log(JSON.stringify({ baseUrl, runtime, api }));
  process.stdin.on("end", () => stop().then(() => process.exit(0))).resume();
}
