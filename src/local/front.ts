import {
  Agent,
  type ClientRequest,
  createServer,
  type IncomingMessage,
  request as requestRuntime,
  type Server,
  ServerResponse,
} from "node:http";
import type { Duplex } from "node:stream";
import { mayWrite } from "../http/may-write.ts";
import { bodyBytesMax, publicBodyBytesMax } from "../kernel/bounds.ts";
import { type Failure, type FailureCode, failure } from "../kernel/failures.ts";
import { answer, answerBroken, type Exchange, noUrl, passAnswer } from "./front-answers.ts";
import { addressOf, hasBody, hasCredentials, headersForRuntime, type Onward, schemeOf } from "./front-headers.ts";

/** Where the runtime listens: a socket in a folder of this user's alone, or, on Windows, a port of 127.0.0.1. */
export type RuntimeAddress = { readonly socketPath: string } | { readonly host: string; readonly port: number };

export interface FrontOptions {
  /** 0 takes any free port. */
  readonly port: number;
  readonly runtime: RuntimeAddress;
  /** Whether one proxy stands in front, whose word on the client's address and scheme counts. */
  readonly trustProxy: boolean;
  /** Why nothing may be written now, asked with each request that may write. */
  readonly refusesWrites: () => Failure | undefined;
  /** Whether the machine's clock is doubted, so that nothing may be recorded by it while it is read either. */
  readonly doubtsClock: () => boolean;
}

export interface Front {
  /** Without a slash at the end. */
  readonly baseUrl: string;
  /** Takes nothing more, lets what is under way end for a moment, then closes all connections. */
  readonly close: () => Promise<void>;
}

const listensOn = "127.0.0.1";
/** More than the longest list of ids and a cursor need; a longer URL is nobody's. */
const urlLengthMax = 16 * 1024;
/** The request line and all headers together: the URL, and as much again. Node answers 431 beyond. */
const headBytesMax = 32 * 1024;
/** A head that takes longer comes from somebody who means to keep the connection. */
const headMsMax = 15_000;
/** The largest body, 8 MiB, on a line of half a megabit. */
const requestMsMax = 150_000;
const connectionsCheckedEveryMs = 5_000;
/** On a connection on which nothing has moved for so long somebody takes an answer and does not read it. */
const stillMsMax = requestMsMax;
/** Longer than the clients' pools keep theirs, so that seldom one is closed while it is used again. */
const idleMs = 65_000;
/** Of those who stay connected; a system gives a process thousands of files, and each takes two. */
const connectionsMax = 4_000;
/** The runtime closes a connection that was idle for five seconds: one that is older than this is not used again. */
const runtimeIdleMs = 2_000;
/** How much the runtime reads of a body that its Worker does not want. */
const unreadBytesMax = 64 * 1024;
const closesWithinMs = 2_000;

/**
 * The public side of `npm start`. The runtime behind has doors of its own and believes what the platform's front says in headers: here is that front.
 * It passes requests and answers on as they stream, drops what clients may not say, and says itself who they are.
 */
export async function startFront(options: FrontOptions): Promise<Front> {
  const agent = new RuntimeAgent();
  const upgraded = new Set<Duplex>();
  const limits = {
    maxHeaderSize: headBytesMax,
    headersTimeout: headMsMax,
    requestTimeout: requestMsMax,
    connectionsCheckingInterval: connectionsCheckedEveryMs,
    keepAliveTimeout: idleMs,
  };
  // The types do not have the option yet.
  const upgrades = { shouldUpgradeCallback: isUpgrade };
  const server = createServer({ ...limits, ...upgrades }, (request, response) => pass(request, response));
  server.maxConnections = connectionsMax;
  server.timeout = stillMsMax;

  const pass = (request: IncomingMessage, response: ServerResponse, expectsContinue = false) => {
    const exchange = exchangeOf(request, response, options);
    const onward = onwardOf(request, options);
    if ("refused" in onward) {
      answer(exchange, onward.refused);
      return;
    }
    const asksFirst = expectsContinue || isLong(request);
    const upstream = requestTo(options.runtime, agent, request, onward, asksFirst ? ["Expect", "100-continue"] : []);
    if (upstream === undefined) {
      answer(exchange, noUrl());
      return;
    }
    upstream.on("response", (coming) => passAnswer(exchange, coming, upstream));
    upstream.on("error", (error) => answerBroken(exchange, error));
    response.on("close", () => {
      if (!response.writableFinished) upstream.destroy();
    });
    const send = () => passBody(exchange, upstream, onward.mayWrite ? options.refusesWrites : () => undefined);
    if (!hasBody(request)) upstream.end();
    else if (!asksFirst) send();
    else {
      upstream.on("continue", () => {
        if (expectsContinue) response.writeContinue();
        send();
      });
      upstream.flushHeaders();
    }
  };
  server.on("checkContinue", (request, response) => pass(request, response, true));
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    upgraded.add(socket);
    socket.on("close", () => upgraded.delete(socket));
    passUpgrade(request, socket, head, options, agent);
  });

  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, listensOn, () => {
      server.off("error", reject);
      resolve();
    });
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("assertion failed: it listens on a port");
  const close = async () => {
    await closeServer(server);
    for (const socket of upgraded) socket.destroy();
    agent.destroy();
  };
  return { baseUrl: `http://${listensOn}:${address.port}`, close };
}

/** Keeps connections to the runtime, and uses none again that the runtime may be closing. */
class RuntimeAgent extends Agent {
  readonly #freeSince = new WeakMap<Duplex, number>();

  constructor() {
    super({ keepAlive: true, maxFreeSockets: 256, scheduling: "lifo" });
    this.on("free", (socket: Duplex) => this.#freeSince.set(socket, performance.now()));
  }

  /** Asked before each request. Those that were used last stand last, so that the first young one ends the search. */
  dropIdle(): void {
    const oldest = performance.now() - runtimeIdleMs;
    for (const sockets of Object.values(this.freeSockets)) {
      for (const socket of sockets ?? []) {
        if ((this.#freeSince.get(socket) ?? 0) >= oldest) break;
        socket.destroy();
      }
    }
  }
}

function exchangeOf(request: IncomingMessage, response: ServerResponse, { trustProxy }: FrontOptions): Exchange {
  return { request, response, isHttps: schemeOf(request, trustProxy) === "https" };
}

/**
 * Whether the runtime is asked before the body is sent on (RFC 9110 §10.1.1). Of a body that it answers without, it reads so much before it closes the connection,
 * and what is written then takes its answer with it.
 */
function isLong(request: IncomingMessage): boolean {
  return hasBody(request) && !(Number(request.headers["content-length"]) <= unreadBytesMax);
}

/**
 * Whether a request asks for WebSockets, which a GET without a body does (RFC 6455 §4.1). What asks for anything else goes on as if it did not (RFC 9110 §7.8): Node
 * takes the body of an upgrade for the other protocol, and its length without it would have the runtime take the next request of the connection for the body.
 */
function isUpgrade(request: IncomingMessage): boolean {
  return request.method === "GET" && request.headers.upgrade?.toLowerCase() === "websocket" && !hasBody(request);
}

/** How a request goes on, and whether it may write. */
type Passing = Onward & { readonly mayWrite: boolean };

/** Where a request is meant to go, or why it goes nowhere: the runtime's own doors are closed, and there are times when nothing may be written. */
function onwardOf(
  request: IncomingMessage,
  { trustProxy, refusesWrites, doubtsClock }: FrontOptions,
): Passing | { readonly refused: Failure } {
  const { method = "GET", url = "/" } = request;
  if (url.length > urlLengthMax) return refused("URL_TOO_LONG", `The URL has ${url.length} characters; the most is ${urlLengthMax}.`);
  const [, absoluteHost, absolutePath] = /^https?:\/\/([^/?#]*)([^#]*)/i.exec(url) ?? [];
  const host = absoluteHost ?? request.headers.host ?? `${listensOn}:${request.socket.localPort}`;
  const path = absolutePath === undefined ? url : absolutePath.startsWith("/") ? absolutePath : `/${absolutePath}`;
  if (!path.startsWith("/")) return refused("VALIDATION_ERROR", "The request names no path.");
  if (!/^[\w.:[\]-]+$/.test(host) || hostsIn(request) > 1) return refused("VALIDATION_ERROR", "The Host header is none.");
  if (isOwnDoor(path)) return refused("ROUTE_NOT_FOUND", `There is no route ${method} ${path.slice(0, 200)}.`);
  const writes = mayWrite(method, withoutQuery(path));
  const reason = writes ? refusesWrites() : undefined;
  if (reason !== undefined) return { refused: reason };
  const [scheme, address] = [schemeOf(request, trustProxy), addressOf(request, trustProxy)];
  return { host, path, scheme, address, clockDoubted: doubtsClock(), mayWrite: writes };
}

function refused(code: FailureCode, message: string): { readonly refused: Failure } {
  return { refused: failure(code, message) };
}

function hostsIn({ rawHeaders }: IncomingMessage): number {
  let hosts = 0;
  for (let at = 0; at < rawHeaders.length; at += 2)
    if (rawHeaders[at]?.length === 4 && rawHeaders[at]?.toLowerCase() === "host") hosts += 1;
  return hosts;
}

function withoutQuery(path: string): string {
  return path.replace(/[?#].*$/s, "");
}

/** `/cdn-cgi/…`, however it is written. */
function isOwnDoor(path: string): boolean {
  if (!/cdn|%/i.test(path)) return false;
  // Byte by byte: of a path with one that is no UTF-8 the others count all the same.
  const plain = withoutQuery(path).replace(/%[0-9a-f]{2}/gi, (byte) => String.fromCharCode(Number.parseInt(byte.slice(1), 16)));
  try {
    return /^\/+cdn-cgi(?:\/|$)/i.test(new URL(`http://front${withoutQuery(plain)}`).pathname);
  } catch {
    return /cdn-cgi/i.test(plain);
  }
}

/** Undefined where Node will not send the path: it has characters that no URL has. */
function requestTo(
  runtime: RuntimeAddress,
  agent: RuntimeAgent,
  request: IncomingMessage,
  onward: Onward,
  more: readonly string[],
): ClientRequest | undefined {
  agent.dropIdle();
  const { method } = request;
  const headers = [...headersForRuntime(request, onward), ...more];
  // The whole URL, as to a proxy: so the runtime has the scheme from here too. Node takes headers as such a list, and its types do not say so.
  const path = `${onward.scheme}://${onward.host}${onward.path}`;
  try {
    return requestRuntime({ ...runtime, agent, method, path, headers: headers as never, setHost: false });
  } catch {
    return undefined;
  }
}

function passUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer, options: FrontOptions, agent: RuntimeAgent): void {
  socket.on("error", () => socket.destroy());
  const response = new ServerResponse(request);
  // It is the socket of this server's connection, whatever its type says.
  response.assignSocket(socket as never);
  response.shouldKeepAlive = false;
  response.on("finish", () => socket.end());
  const exchange = exchangeOf(request, response, options);
  const onward = onwardOf(request, options);
  if ("refused" in onward) {
    answer(exchange, onward.refused);
    return;
  }
  const upstream = requestTo(options.runtime, agent, request, onward, ["Connection", "Upgrade", "Upgrade", "websocket"]);
  if (upstream === undefined) {
    answer(exchange, noUrl());
    return;
  }
  upstream.on("response", (coming) => passAnswer(exchange, coming, upstream));
  upstream.on("error", (error) => answerBroken(exchange, error));
  socket.on("close", () => upstream.destroy());
  upstream.on("upgrade", (coming, theirs, theirHead) => {
    response.detachSocket(socket as never);
    const { rawHeaders } = coming;
    let text = "HTTP/1.1 101 Switching Protocols\r\n";
    for (let at = 0; at < rawHeaders.length; at += 2) text += `${rawHeaders[at]}: ${rawHeaders[at + 1]}\r\n`;
    socket.write(`${text}\r\n`, "latin1");
    if (theirHead.length > 0) socket.write(theirHead);
    if (head.length > 0) theirs.write(head);
    for (const [from, to] of [
      [socket, theirs],
      [theirs, socket],
    ] as const) {
      from.pipe(to);
      from.on("close", () => to.destroy());
      from.on("error", () => to.destroy());
    }
  });
  upstream.end();
}

/**
 * Passes a body on, as fast as the runtime takes it. `refusal`: why nothing may be written, asked again with each piece. A sender chooses how long a body is on its way,
 * and one whose last piece is kept back was never whole, so that nothing comes of it.
 */
function passBody(exchange: Exchange, upstream: ClientRequest, refusal: () => Failure | undefined): void {
  const { request, response } = exchange;
  const bytesMax = hasCredentials(request) ? bodyBytesMax : publicBodyBytesMax;
  let bytes = 0;
  let isRefused = false;
  const goesOn = () => {
    const reason = response.headersSent ? undefined : refusal();
    if (isRefused || reason === undefined) return !isRefused;
    isRefused = true;
    upstream
      .removeAllListeners("response")
      .removeAllListeners("error")
      .on("error", () => undefined);
    upstream.destroy();
    answer(exchange, reason);
    return false;
  };
  request.on("data", (chunk: Buffer) => {
    if (!goesOn()) return;
    bytes += chunk.length;
    const hasRoom = upstream.write(chunk);
    // The Worker refuses it from here on, and reads no further.
    if (bytes > bytesMax) request.pause();
    else if (!hasRoom) {
      request.pause();
      upstream.once("drain", () => request.resume());
    }
  });
  request.on("end", () => {
    // One of a stated length is whole with its last byte, whether or not its end has been told.
    const isWhole = request.headers["content-length"] !== undefined;
    if (isWhole ? !isRefused : goesOn()) upstream.end();
  });
}

async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const cut = setTimeout(() => server.closeAllConnections(), closesWithinMs);
  await closed;
  clearTimeout(cut);
}
