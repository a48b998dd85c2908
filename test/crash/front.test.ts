/** The front of `npm start`, before a runtime that stands in for the embedded one and answers as each test has it. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, test } from "node:test";
import { type Failure, failure } from "../../src/kernel/failures.ts";
import { type Front, type FrontOptions, startFront } from "../../src/local/front.ts";

type Runtime = (request: IncomingMessage, response: ServerResponse) => void;
interface Heard {
  readonly method?: string;
  readonly url?: string;
  readonly headers: NodeJS.Dict<string | string[]>;
}

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

async function startBefore(runtime: Runtime, options: Partial<FrontOptions> = {}) {
  const folder = await mkdtemp(path.join(tmpdir(), "countinghouse-front-"));
  const socketPath = path.join(folder, "runtime:0");
  const server = createServer(runtime).listen(socketPath);
  await once(server, "listening");
  const front = await startFront({
    port: 0,
    runtime: { socketPath },
    trustProxy: false,
    refusesWrites: () => undefined,
    doubtsClock: () => false,
    ...options,
  });
  ends.push(async () => {
    await front.close();
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
    await rm(folder, { recursive: true, force: true });
  });
  return { front, server };
}

/** Answers with what it heard, as the Worker would: with a name. */
const echo: Runtime = (request, response) => {
  const { method, url, headers } = request;
  response.writeHead(200, { "Content-Type": "application/json", "X-Request-Id": "req_echo" });
  response.end(JSON.stringify({ method, url, headers }));
};

async function heardBy(front: Front, below: string, init?: RequestInit): Promise<Heard> {
  const response = await fetch(`${front.baseUrl}${below}`, init);
  assert.equal(response.status, 200);
  // What echo, above, answers.
  return (await response.json()) as Heard;
}

/** Sends bytes as they are, and resolves to all that comes back until the connection ends. */
async function sendRaw(front: Front, bytes: string): Promise<string> {
  const socket = connect(Number(new URL(front.baseUrl).port), "127.0.0.1");
  let text = "";
  socket.setEncoding("latin1").on("data", (chunk: string) => (text += chunk));
  socket.on("error", () => undefined);
  socket.write(bytes, "latin1");
  // A connection that is reset is closed too, which `once` would take for a failure.
  await new Promise((closed) => socket.on("close", closed));
  return text;
}

async function refusalAt(front: Front, below: string, init?: RequestInit) {
  const response = await fetch(`${front.baseUrl}${below}`, init);
  const text = await response.text();
  const { error } = JSON.parse(text);
  assert.equal(response.headers.get("X-Request-Id"), error.requestId);
  assert.match(error.requestId, /^req_[0-9a-f]{32}$/);
  return { status: response.status, code: error.code, retryAfter: response.headers.get("Retry-After"), text };
}

test("a request goes on with its method, its whole URL and its headers, and its answer comes back", async () => {
  const { front } = await startBefore(echo);
  const host = new URL(front.baseUrl).host;
  const heard = await heardBy(front, "/api/v1/entries?x=%2F&y=1", { method: "DELETE", headers: { "X-API-Key": "k", "If-Match": '"1"' } });
  assert.equal(heard.method, "DELETE");
  assert.equal(heard.url, `http://${host}/api/v1/entries?x=%2F&y=1`);
  assert.equal(heard.headers["x-api-key"], "k");
  assert.equal(heard.headers["if-match"], '"1"');
  assert.equal(heard.headers.host, host);
});

test("the runtime learns from the front alone that the clock is doubted", async () => {
  let doubted = false;
  const { front } = await startBefore(echo, { doubtsClock: () => doubted });
  const said = { headers: { "CF-Clock-Doubted": "1" } };
  assert.equal((await heardBy(front, "/api/v1/me", said)).headers["cf-clock-doubted"], undefined);
  doubted = true;
  assert.equal((await heardBy(front, "/api/v1/me")).headers["cf-clock-doubted"], "1");
});

test("what only a proxy or the platform may say is not passed on, and the address is the connection's", async () => {
  const { front } = await startBefore(echo);
  const said = {
    "CF-Connecting-IP": "203.0.113.9",
    "CF-IPCountry": "XX",
    "MF-CF-Blob": "{",
    "MF-Route-Override": "assets",
    "X-Forwarded-For": "203.0.113.9",
    "X-Forwarded-Proto": "https",
    "X-Real-IP": "203.0.113.9",
    Forwarded: "for=203.0.113.9",
    "True-Client-IP": "203.0.113.9",
  };
  const heard = await heardBy(front, "/", { headers: said });
  assert.equal(heard.headers["cf-connecting-ip"], "127.0.0.1");
  for (const name of Object.keys(said).slice(1)) assert.equal(heard.headers[name.toLowerCase()], undefined, name);
  assert.ok(heard.url?.startsWith("http://"));
});

test("with --trust-proxy the last address that the proxy appended counts, and its scheme", async () => {
  const { front } = await startBefore(echo, { trustProxy: true });
  const heardWith = async (headers: Record<string, string>) => {
    const heard = await heardBy(front, "/", { headers });
    return [heard.headers["cf-connecting-ip"], heard.url?.split(":")[0], heard.headers["x-forwarded-for"]];
  };
  assert.deepEqual(await heardWith({ "X-Forwarded-For": "10.0.0.1, 203.0.113.9", "X-Forwarded-Proto": "https" }), [
    "203.0.113.9",
    "https",
    undefined,
  ]);
  assert.deepEqual(await heardWith({ "X-Forwarded-For": "[2001:db8::1]:4711" }), ["2001:db8::1", "http", undefined]);
  assert.deepEqual(await heardWith({ "X-Forwarded-For": "192.0.2.4:80" }), ["192.0.2.4", "http", undefined]);
  for (const odd of ["203.0.113.9, nonsense", ""])
    assert.deepEqual(await heardWith({ "X-Forwarded-For": odd }), ["127.0.0.1", "http", undefined]);
  assert.deepEqual(await heardWith({}), ["127.0.0.1", "http", undefined]);
});

test("an answer of the front's own says that https is meant, where the proxy was asked by https", async () => {
  for (const [trustProxy, proto, hsts] of [
    [true, "https", "max-age=31536000"],
    [true, "http", null],
    [false, "https", null],
  ] as const) {
    const { front } = await startBefore(echo, { trustProxy });
    const response = await fetch(`${front.baseUrl}/cdn-cgi/x`, { headers: { "X-Forwarded-Proto": proto } });
    assert.equal(response.status, 404);
    assert.equal(response.headers.get("strict-transport-security"), hsts);
  }
});

test("headers of one connection stay on it, those too that Connection names", async () => {
  const { front } = await startBefore(echo);
  const host = new URL(front.baseUrl).host;
  const text = await sendRaw(
    front,
    `GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=9\r\nTE: trailers\r\nX-Stays: 1\r\n\r\n`,
  );
  const heard: Heard = JSON.parse(text.slice(text.indexOf("{"), text.lastIndexOf("}") + 1));
  assert.deepEqual(
    [heard.headers["x-hop"], heard.headers["keep-alive"], heard.headers.te, heard.headers["x-stays"]],
    [undefined, undefined, undefined, "1"],
  );
});

test("the runtime's own doors are closed, however they are written", async () => {
  const { front } = await startBefore(echo);
  for (const door of [
    "/cdn-cgi/local/r2/public/x",
    "/cdn-cgi/",
    "/cdn-cgi",
    "//cdn-cgi/x",
    "/CDN-CGI/x",
    "/%63dn-cgi/x",
    "/a/..%2fcdn-cgi/x",
    "/cdn%2Dcgi/x?%zz",
    "/cdn%2Dcgi/%ff",
    "/%ff/..%2f%2e%2e/cdn%2dcgi/x",
  ]) {
    const text = await sendRaw(front, `GET ${door} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    assert.match(text, /^HTTP\/1\.1 404 /, door);
    assert.match(text, /ROUTE_NOT_FOUND/, door);
  }
  const text = await sendRaw(front, "GET http://localhost/a/../cdn-cgi/x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  assert.match(text, /^HTTP\/1\.1 404 /);
  assert.equal((await heardBy(front, "/docs/about-cdn-cgi")).method, "GET");
});

test("a body streams on before it has ended, and so does an answer", async () => {
  const { front } = await startBefore((incoming, response) => {
    response.writeHead(200, { "X-Request-Id": "req_stream" });
    response.flushHeaders();
    incoming.on("data", (chunk) => response.write(`heard ${chunk}\n`));
    incoming.on("end", () => response.end("ended\n"));
  });
  const sending = request(`${front.baseUrl}/`, { method: "POST", headers: { "Transfer-Encoding": "chunked" } });
  sending.write("one");
  const [coming] = (await once(sending, "response")) as [IncomingMessage];
  coming.setEncoding("utf8");
  const next = async () => (await once(coming, "data"))[0];
  assert.equal(await next(), "heard one\n");
  sending.write("two");
  assert.equal(await next(), "heard two\n");
  sending.end();
  assert.equal(await next(), "ended\n");
});

test("a body without a length is framed anew, one with a length keeps it, and one that is missing is empty", async () => {
  const { front } = await startBefore((incoming, response) => {
    let bytes = 0;
    incoming.on("data", (chunk: Buffer) => (bytes += chunk.length));
    incoming.on("end", () => {
      response.writeHead(200, { "X-Request-Id": "req_bytes" });
      response.end(JSON.stringify({ bytes, length: incoming.headers["content-length"], coding: incoming.headers["transfer-encoding"] }));
    });
  });
  const post = async (head: string, body: string) => {
    const text = await sendRaw(front, `POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${head}\r\n${body}`);
    return JSON.parse(text.slice(text.indexOf("{"), text.indexOf("}") + 1));
  };
  assert.deepEqual(await post("Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"), { bytes: 5, coding: "chunked" });
  assert.deepEqual(await post("Content-Length: 4\r\n", "abcd"), { bytes: 4, length: "4" });
  assert.deepEqual(await post("", ""), { bytes: 0, length: "0" });
});

test("whoever expects to be asked for the body is asked, or refused before it", async () => {
  let refusal: Failure | undefined;
  const { front } = await startBefore(
    (incoming, response) => {
      assert.equal(incoming.headers.expect, "100-continue");
      incoming.on("end", () => echo(incoming, response)).resume();
    },
    { refusesWrites: () => refusal },
  );
  const ask = async () => {
    const sending = request(`${front.baseUrl}/`, { method: "POST", headers: { Expect: "100-continue", "Content-Length": "3" } });
    let continued = false;
    sending.on("continue", () => {
      continued = true;
      sending.end("abc");
    });
    sending.flushHeaders();
    const [coming] = (await once(sending, "response")) as [IncomingMessage];
    coming.resume();
    sending.destroy();
    return [continued, coming.statusCode];
  };
  assert.deepEqual(await ask(), [true, 200]);
  refusal = failure("STORAGE_FULL", "Full.");
  assert.deepEqual(await ask(), [false, 503]);
});

/** A body that nobody has to be asked for, and one byte more. */
const longBytes = 64 * 1024 + 1;

for (const [how, framing] of [
  ["with a length", { "Content-Length": String(longBytes) }],
  ["in chunks", { "Transfer-Encoding": "chunked" }],
] as const) {
  test(`a long body ${how} is sent on when the runtime asks for it, and not at all where it answers before`, async () => {
    let isWanted = true;
    let arrived = 0;
    const { front, server } = await startBefore(() => assert.fail("it is asked for first"));
    server.on("checkContinue", (incoming: IncomingMessage, response: ServerResponse) => {
      if (isWanted) response.writeContinue();
      else response.writeHead(401, { "X-Request-Id": "req_no" }).end();
      incoming.on("data", ({ length }: Buffer) => (arrived += length)).on("end", () => isWanted && echo(incoming, response));
    });
    const send = async () => {
      const sending = request(`${front.baseUrl}/`, { method: "POST", headers: { ...framing, "X-API-Key": "any" } });
      sending.end(Buffer.alloc(longBytes));
      const [coming] = (await once(sending, "response")) as [IncomingMessage];
      coming.resume();
      return coming.statusCode;
    };
    assert.deepEqual([await send(), arrived], [200, longBytes]);
    isWanted = false;
    assert.deepEqual([await send(), arrived], [401, longBytes]);
  });
}

test("of a body that is longer than any route takes, hardly more is sent on than shows it", async () => {
  for (const [headers, bytesMax] of [
    [{}, 16 * 1024],
    [{ "X-API-Key": "any" }, 8 * 1024 * 1024],
  ] as const) {
    let arrived = 0;
    const { front } = await startBefore((incoming, response) => {
      incoming.on("data", ({ length }: Buffer) => {
        arrived += length;
        // Like the Worker, which reads no further; what is under way arrives all the same.
        if (arrived > bytesMax && !response.headersSent) response.writeHead(413, { "X-Request-Id": "req_long" }).end();
      });
    });
    const sending = request(front.baseUrl, { method: "POST", headers: { ...headers, "Transfer-Encoding": "chunked" } });
    sending.on("error", () => undefined);
    const piece = Buffer.alloc(64 * 1024);
    const write = () => {
      while (sending.writable && sending.write(piece));
    };
    sending.on("drain", write);
    write();
    const [coming] = (await once(sending, "response")) as [IncomingMessage];
    assert.equal(coming.statusCode, 413);
    assert.ok(arrived > bytesMax && arrived <= bytesMax + 2 * piece.length, `${arrived} of ${bytesMax}`);
    sending.destroy();
  }
});

test("a client that goes away ends its request at the runtime too, and a runtime that breaks off cuts the answer", async () => {
  const gone = Promise.withResolvers<void>();
  const { front } = await startBefore((incoming, response) => {
    response.writeHead(200, { "X-Request-Id": "req_cut" });
    const isCut = incoming.url?.endsWith("/cut");
    response.write("half", () => isCut && response.socket?.destroy());
    if (!isCut) response.on("close", () => gone.resolve());
  });
  const leaving = request(`${front.baseUrl}/leave`).end();
  const [coming] = (await once(leaving, "response")) as [IncomingMessage];
  await once(coming, "data");
  leaving.destroy();
  await gone.promise;
  await assert.rejects(async () => (await fetch(`${front.baseUrl}/cut`)).text());
});

test("an answer that comes before the body was sent is read, and the connection ends", async () => {
  const { front } = await startBefore((_, response) => {
    response.writeHead(413, { "X-Request-Id": "req_large", "Content-Length": "9" });
    response.end("too large");
  });
  const socket = connect(Number(new URL(front.baseUrl).port), "127.0.0.1");
  let text = "";
  socket.setEncoding("latin1").on("data", (chunk: string) => (text += chunk));
  socket.on("error", () => undefined);
  const closed = new Promise((resolve) => socket.on("close", resolve));
  socket.write("POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
  const chunk = `10000\r\n${"x".repeat(0x10000)}\r\n`;
  const pump = () => {
    while (!socket.destroyed && socket.write(chunk));
  };
  socket.on("drain", pump);
  pump();
  await closed;
  assert.match(text, /^HTTP\/1\.1 413 /);
  assert.match(text, /too large$/);
});

test("what the runtime answers by itself leaves in the product's form, and says nothing of it", async () => {
  const stack = "Error: secret\n    at Object.fetch (/home/someone/index.js:1:1)";
  const { front, server } = await startBefore((incoming, response) => {
    if (incoming.url?.endsWith("/cut")) return response.socket?.destroy();
    response.writeHead(incoming.url?.endsWith("/odd") ? 400 : 500, { "MF-Experimental-Error-Stack": "true" });
    return response.end(stack);
  });
  for (const [below, status, code] of [
    ["/broken", 500, "INTERNAL"],
    ["/odd", 400, "VALIDATION_ERROR"],
    ["/cut", 500, "INTERNAL"],
  ] as const) {
    const refused = await refusalAt(front, below);
    assert.deepEqual([refused.status, refused.code], [status, code]);
    assert.doesNotMatch(refused.text, /secret|index\.js|socket/);
  }
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
  const away = await refusalAt(front, "/");
  assert.deepEqual([away.status, away.code, away.retryAfter], [503, "OVERLOADED", "1"]);
});

test("what is not plainly HTTP is refused without a word of the server's inside", async () => {
  let reached = 0;
  const { front } = await startBefore((incoming, response) => {
    reached += 1;
    echo(incoming, response);
  });
  const cases: readonly (readonly [string, RegExp])[] = [
    ["nonsense\r\n\r\n", /^HTTP\/1\.1 400 /],
    ["GET / HTTP/1.1\r\n\r\n", /^HTTP\/1\.1 400 /],
    ["GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n", /^HTTP\/1\.1 400 /],
    ["GET / HTTP/1.1\r\nHost: a/../b\r\nConnection: close\r\n\r\n", /^HTTP\/1\.1 400 /],
    [
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /x HTTP/1.1\r\n",
      /^HTTP\/1\.1 400 /,
    ],
    ["POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcde", /^HTTP\/1\.1 400 /],
    ["POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\nabcde", /^HTTP\/1\.1 400 /],
    ["GET / HTTP/1.1\r\nHost: a\r\nX : y\r\n\r\n", /^HTTP\/1\.1 400 /],
    ["OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", /^HTTP\/1\.1 400 /],
    [`GET /${"x".repeat(17_000)} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`, /^HTTP\/1\.1 414 /],
    [`GET / HTTP/1.1\r\nHost: a\r\nX-Long: ${"x".repeat(33_000)}\r\n\r\n`, /^HTTP\/1\.1 431 /],
    ["CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n", /^$/],
  ];
  for (const [bytes, expected] of cases) {
    const text = await sendRaw(front, bytes);
    assert.match(text, expected, JSON.stringify(bytes.slice(0, 80)));
    assert.doesNotMatch(text, /\bat .*:\d+|\/src\/|node:/);
  }
  assert.equal(reached, 0);
});

test("HEAD has no body, and connections are kept on both sides", async () => {
  const behind = new Set<Socket>();
  const { front } = await startBefore((incoming, response) => {
    behind.add(incoming.socket);
    response.writeHead(200, { "X-Request-Id": "req_head", "Content-Length": "5" });
    response.end(incoming.method === "HEAD" ? undefined : "hello");
  });
  const host = new URL(front.baseUrl).host;
  const socket = connect(Number(new URL(front.baseUrl).port), "127.0.0.1").setEncoding("latin1");
  let text = "";
  socket.on("data", (chunk: string) => (text += chunk));
  socket.write(`HEAD / HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  while (!text.endsWith("\r\n\r\n")) await once(socket, "data");
  assert.match(text, /Content-Length: 5/i);
  text = "";
  socket.write(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  while (!text.endsWith("hello")) await once(socket, "data");
  socket.destroy();
  assert.equal(behind.size, 1);
});

test("an upgrade to WebSockets passes both ways, and one that the runtime refuses is refused", async () => {
  const { front, server } = await startBefore(echo);
  server.on("upgrade", (incoming: IncomingMessage, socket: Socket) => {
    if (incoming.url?.endsWith("/no")) return socket.end("HTTP/1.1 403 Forbidden\r\nX-Request-Id: req_no\r\nContent-Length: 2\r\n\r\nno");
    assert.equal(incoming.headers["cf-connecting-ip"], "127.0.0.1");
    socket.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nwelcome ");
    socket.pipe(socket);
    return undefined;
  });
  const ask = (below: string) =>
    request(`${front.baseUrl}${below}`, { headers: { Connection: "Upgrade", Upgrade: "websocket", "CF-Connecting-IP": "1.2.3.4" } }).end();
  const [, socket, head] = (await once(ask("/ws"), "upgrade")) as [IncomingMessage, Socket, Buffer];
  let text = head.toString("latin1");
  socket.setEncoding("latin1").on("data", (chunk: string) => (text += chunk));
  socket.write("frame");
  while (!text.endsWith("frame")) await once(socket, "data");
  assert.equal(text, "welcome frame");
  socket.destroy();
  const [refused] = (await once(ask("/no"), "response")) as [IncomingMessage];
  assert.equal(refused.statusCode, 403);
  refused.resume();
  // Another protocol is no reason not to answer in this one.
  const [plain] = (await once(request(`${front.baseUrl}/`, { headers: { Connection: "Upgrade", Upgrade: "h2c" } }).end(), "response")) as [
    IncomingMessage,
  ];
  assert.equal(plain.statusCode, 200);
  plain.resume();
});

test("an upgrade that brings a body is a request like any other: nothing behind it is taken for its body", async () => {
  const { front } = await startBefore((incoming, response) => {
    let body = "";
    response.writeHead(200, { "X-Request-Id": "req_body" });
    // What is not to come is not waited for.
    if (incoming.headers.upgrade !== undefined) return response.end(JSON.stringify({ upgrade: incoming.headers.upgrade }));
    incoming.on("data", (chunk) => (body += chunk));
    incoming.on("end", () => response.end(JSON.stringify({ method: incoming.method, body })));
    return undefined;
  });
  const behind = "GET /behind HTTP/1.1\r\nHost: localhost\r\nCF-Connecting-IP: 203.0.113.9\r\n\r\n";
  const chunks = `${behind.length.toString(16)}\r\n${behind}\r\n0\r\n\r\n`;
  for (const method of ["GET", "POST"]) {
    for (const [framing, bytes] of [
      [`Content-Length: ${behind.length}`, behind],
      ["Transfer-Encoding: chunked", chunks],
    ]) {
      const head = `${method} / HTTP/1.1\r\nHost: localhost\r\nConnection: close, Upgrade\r\nUpgrade: websocket\r\n${framing}\r\n\r\n`;
      const text = await sendRaw(front, head + bytes);
      assert.equal(text.match(/HTTP\/1\.1 /g)?.length, 1);
      assert.deepEqual(JSON.parse(text.slice(text.indexOf("{"), text.lastIndexOf("}") + 1)), { method, body: behind }, framing);
    }
  }
});

for (const [framing, headers] of [
  ["with a length", { "Content-Length": "8" }],
  ["in chunks", { "Transfer-Encoding": "chunked" }],
] as const) {
  test(`a body ${framing} that is on its way when nothing may be written any more never gets whole`, async () => {
    let reason: Failure | undefined;
    const begun = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<boolean>();
    const { front } = await startBefore(
      (incoming, response) => {
        incoming.on("data", () => begun.resolve()).on("error", () => undefined);
        incoming.on("end", () => echo(incoming, response));
        incoming.on("close", () => ended.resolve(incoming.complete));
      },
      { refusesWrites: () => reason },
    );
    const sending = request(`${front.baseUrl}/api/v1/journal-entries`, { method: "POST", headers });
    sending.write("half");
    await begun.promise;
    reason = failure("CLOCK", "The clock has leapt.");
    sending.end("half");
    const [coming] = (await once(sending, "response")) as [IncomingMessage];
    let text = "";
    for await (const chunk of coming.setEncoding("utf8")) text += chunk;
    assert.deepEqual([coming.statusCode, JSON.parse(text).error?.code], [503, "CLOCK"]);
    assert.equal(await ended.promise, false);
  });
}

test("writes are refused for as long as there is a reason, in the product's form; reads go on", async () => {
  let reason: Failure | undefined = { ...failure("STORAGE_FULL", "The server's disk has 12 MiB left."), retryAfterSeconds: 30 };
  const { front } = await startBefore(echo, { refusesWrites: () => reason });
  for (const method of ["POST", "PUT", "PATCH", "DELETE", "PROPFIND"]) {
    const refused = await refusalAt(front, "/api/v1/journal-entries", { method });
    assert.deepEqual([refused.status, refused.code, refused.retryAfter], [503, "STORAGE_FULL", "30"], method);
  }
  for (const method of ["GET", "OPTIONS"]) assert.equal((await heardBy(front, "/api/v1/journal-entries", { method })).method, method);
  assert.equal((await heardBy(front, "/api/v1/companies/x/journal-entries/validate?a=b", { method: "POST" })).method, "POST");
  const sneaked = await refusalAt(front, "/api/v1/signup?/journal-entries/validate", { method: "POST" });
  assert.equal(sneaked.code, "STORAGE_FULL");
  const problem = await fetch(`${front.baseUrl}/`, { method: "POST", headers: { Accept: "application/problem+json" } });
  assert.equal(problem.headers.get("Content-Type"), "application/problem+json");
  assert.equal(JSON.parse(await problem.text()).code, "STORAGE_FULL");
  reason = undefined;
  assert.equal((await heardBy(front, "/api/v1/journal-entries", { method: "POST" })).method, "POST");
});
