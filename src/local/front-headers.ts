import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import { clockDoubtedHeader } from "../platform/clock-doubt.ts";

/**
 * What a client's headers may not say to the runtime: what concerns one connection alone (RFC 9110 §7.6.1), and what a proxy or the platform in front would
 * say. The Worker believes the platform's, and the runtime has its own below `MF-`.
 */
const notOfClients =
  /^(?:cf-.*|mf-.*|x-mf-.*|x-forwarded-.*|x-real-ip|x-client-ip|true-client-ip|forwarded|connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|expect|http2-settings|host|content-length)$/;

/** What of the runtime's headers is not for clients. Node says how long an answer is to be kept open, and how it is cut. */
const notOfTheRuntime = /^(?:cf-.*|mf-.*|x-mf-.*|connection|keep-alive|proxy-connection|transfer-encoding|upgrade|trailer)$/;

/** Methods whose requests have a body, so that one without any says so. */
const withBody = new Set(["POST", "PUT", "PATCH"]);

/** How a request goes on to the runtime. */
export interface Onward {
  readonly host: string;
  /** From the root, as it was sent. */
  readonly path: string;
  readonly scheme: "http" | "https";
  readonly address: string;
  readonly clockDoubted: boolean;
}

/** The address of the client: of the connection, or what the one proxy in front says of it, which is the last that it appended. */
export function addressOf(request: IncomingMessage, trustProxy: boolean): string {
  const own = plainAddress(request.socket.remoteAddress ?? "");
  if (!trustProxy) return own;
  const said = lastOf(request.headers["x-forwarded-for"]);
  // Some proxies append the port: `192.0.2.1:4711`, `[2001:db8::1]:4711`.
  const bare = said.replace(/^\[([^\]]*)\](?::\d+)?$/, "$1").replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, "$1");
  return isIP(bare) === 0 ? own : plainAddress(bare);
}

/** The scheme in which the client asked the proxy; without one this server speaks http alone. */
export function schemeOf(request: IncomingMessage, trustProxy: boolean): "http" | "https" {
  return trustProxy && lastOf(request.headers["x-forwarded-proto"]).toLowerCase() === "https" ? "https" : "http";
}

/** An IPv4 address as itself where a socket of both kinds maps it. */
function plainAddress(address: string): string {
  return address.startsWith("::ffff:") && isIP(address.slice(7)) === 4 ? address.slice(7) : address;
}

function lastOf(header: string | string[] | undefined): string {
  const text = Array.isArray(header) ? header.join(",") : (header ?? "");
  return text.slice(text.lastIndexOf(",") + 1).trim();
}

/** The headers for the runtime, names and values in turn. */
export function headersForRuntime(
  request: IncomingMessage,
  { host, address, clockDoubted }: Pick<Onward, "host" | "address" | "clockDoubted">,
): string[] {
  const { rawHeaders, headers } = request;
  const named = namesInConnection(headers.connection);
  const kept = ["Host", host, "CF-Connecting-IP", address];
  if (clockDoubted) kept.push(clockDoubtedHeader, "1");
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const [name, value] = [rawHeaders[at] as string, rawHeaders[at + 1] as string];
    const lower = name.toLowerCase();
    if (notOfClients.test(lower) || named?.has(lower)) continue;
    kept.push(name, value);
  }
  const length = headers["content-length"];
  if (length !== undefined) kept.push("Content-Length", length);
  else if (hasBody(request)) kept.push("Transfer-Encoding", "chunked");
  else if (withBody.has(request.method ?? "")) kept.push("Content-Length", "0");
  return kept;
}

/** Whether a body comes with it (RFC 9112 §6.3). */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || (headers["content-length"] !== undefined && headers["content-length"] !== "0");
}

/** Whether it comes with a key or a token: without, the Worker takes no more than the shorter body of a public route. */
export function hasCredentials({ headers }: IncomingMessage): boolean {
  return headers["x-api-key"] !== undefined || headers.authorization !== undefined;
}

/** The headers for the client, names and values in turn. */
export function headersForClient({ rawHeaders }: IncomingMessage): string[] {
  const kept: string[] = [];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const [name, value] = [rawHeaders[at] as string, rawHeaders[at + 1] as string];
    if (!notOfTheRuntime.test(name.toLowerCase())) kept.push(name, value);
  }
  return kept;
}

/** Headers that the client says are for this connection alone. */
function namesInConnection(connection: string | undefined): ReadonlySet<string> | undefined {
  if (connection === undefined || /^(?:keep-alive|close|upgrade)$/i.test(connection)) return undefined;
  return new Set(connection.split(",").map((name) => name.trim().toLowerCase()));
}
