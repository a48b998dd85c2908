/** What the front of `npm start` answers: the runtime's answers, and its own. */
import type { ClientRequest, IncomingMessage, ServerResponse } from "node:http";
import { failureAnswer } from "../http/failure-answer.ts";
import { newRequestId } from "../http/middleware/request-id.ts";
import { strictTransport } from "../http/middleware/safe-answers.ts";
import { bodyBytesMax } from "../kernel/bounds.ts";
import { type Failure, failure } from "../kernel/failures.ts";
import { hasBody, headersForClient } from "./front-headers.ts";

/** A client's request, and what it is answered by. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Whether the client asks by https, which the proxy in front says. */
  readonly isHttps: boolean;
}

/** How much of a body that is no more wanted is read, and for how long, so that the client gets to reading its answer (RFC 9112 §9.6): of any that could be wanted, all. */
const lingerBytesMax = 2 * bodyBytesMax;
const lingerMs = 1_000;

/** Passes the runtime's answer on as it streams. */
export function passAnswer(exchange: Exchange, coming: IncomingMessage, upstream: ClientRequest): void {
  const { request, response } = exchange;
  const status = coming.statusCode ?? 502;
  // The Worker names each answer. What has no name is the runtime's own, and says of it what is nobody's business.
  if (status >= 400 && coming.headers["x-request-id"] === undefined) {
    coming.resume();
    answer(exchange, status < 500 ? notTaken() : broken());
    return;
  }
  const headers = headersForClient(coming);
  const early = hasBody(request) && !request.complete;
  if (early) headers.push("Connection", "close");
  response.writeHead(status, headers);
  // Whoever still sends reads it only where it is there before the connection ends.
  if (early) response.flushHeaders();
  coming.on("data", (chunk: Buffer) => {
    if (response.write(chunk)) return;
    coming.pause();
    response.once("drain", () => coming.resume());
  });
  coming.on("end", () => {
    if (!early || request.complete) {
      response.end();
      return;
    }
    upstream.destroy();
    linger(request, () => response.end());
  });
  coming.on("error", () => response.destroy());
}

/** Reads on for a moment what nobody wants any more: a connection that is closed over unread bytes takes the answer with it. */
function linger(request: IncomingMessage, then: () => void): void {
  let bytes = 0;
  const timer = setTimeout(done, lingerMs);
  function done() {
    clearTimeout(timer);
    request.off("data", count).off("close", done).off("end", done);
    then();
  }
  function count(chunk: Buffer) {
    bytes += chunk.length;
    if (bytes > lingerBytesMax) done();
  }
  request.removeAllListeners("data");
  request.on("data", count).on("close", done).on("end", done);
  request.resume();
}

/** An answer of the front's own, in the product's form. */
export function answer({ request, response, isHttps }: Exchange, reason: Failure): void {
  const requestId = newRequestId();
  const { status, headers, text } = failureAnswer(reason, requestId, request.headers.accept);
  const unread = hasBody(request) && !request.complete;
  response.writeHead(status, {
    ...headers,
    "Content-Length": Buffer.byteLength(text),
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    ...(isHttps && { "Strict-Transport-Security": strictTransport }),
    "X-Request-Id": requestId,
    ...(unread && { Connection: "close" }),
  });
  if (!unread) {
    response.end(text);
    return;
  }
  response.write(text);
  linger(request, () => response.end());
}

/** Answers a request that the runtime did not answer. */
export function answerBroken(exchange: Exchange, error: NodeJS.ErrnoException): void {
  const { response } = exchange;
  if (response.destroyed || response.writableEnded) return;
  if (response.headersSent) {
    response.destroy();
    return;
  }
  // Not even connected: nothing was sent, so nothing was done.
  const unsent = error.code === "ECONNREFUSED" || error.code === "ENOENT";
  answer(exchange, unsent ? failure("OVERLOADED", "The server is starting again.") : broken());
}

const broken = () => failure("INTERNAL", "Something went wrong on our side.");
export const noUrl = () => failure("VALIDATION_ERROR", "The URL has characters that no URL has.");
const notTaken = () => failure("VALIDATION_ERROR", "The request is not of a form that the server takes.");
