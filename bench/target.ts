import type { NetConnectOpts } from "node:net";
import type { RuntimeAddress } from "../src/local/front.ts";

/** Where requests of a load go. */
export interface Target {
  readonly connect: NetConnectOpts;
  readonly host: string;
  /** What stands before each path: nothing, or the origin, as to a proxy. */
  readonly origin: string;
}

export function targetAt(baseUrl: string): Target {
  const { hostname, port, host } = new URL(baseUrl);
  return { connect: { host: hostname, port: Number(port) }, host, origin: "" };
}

/** A runtime without anything in front: it takes whole URLs, see src/local/server.ts. */
export function targetOfRuntime(runtime: RuntimeAddress): Target {
  const connect = "socketPath" in runtime ? { path: runtime.socketPath } : runtime;
  return { connect, host: "127.0.0.1", origin: "http://127.0.0.1" };
}
