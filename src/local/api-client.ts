import { setTimeout as wait } from "node:timers/promises";
import { z } from "zod";

/** Where the API is, and the key to speak with. */
export interface Api {
  /** Without a slash at the end. */
  readonly baseUrl: string;
  readonly key?: string;
}

export interface Call {
  readonly body?: unknown;
  readonly idempotencyKey?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  /** Whether it repeats the stored answer of an earlier request with the same idempotency key. */
  readonly replayed: boolean;
  readonly body: unknown;
}

const ErrorBody = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    requestId: z.string().optional(),
    retryable: z.boolean().optional(),
    details: z.array(z.looseObject({ pointer: z.string().optional(), message: z.string().optional() })).optional(),
  }),
});
export type ApiError = z.infer<typeof ErrorBody>["error"];

/** The API refused, with its reason. */
export class RequestRefused extends Error {
  readonly status: number;
  readonly reason: ApiError;

  constructor(status: number, reason: ApiError) {
    super(`${reason.code}: ${reason.message}`);
    this.name = "RequestRefused";
    this.status = status;
    this.reason = reason;
  }
}

/** A client in no hurry waits out a rate limit of a minute; one that waits for more than this fails. */
const attemptsMax = 10;
const retryAfterMaxSeconds = 120;

/** One request below `/api/v1`, repeated where the API says that the same request may succeed later. Throws `RequestRefused`. */
export async function callApi(api: Api, method: string, path: string, call: Call = {}): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    const response = await fetch(`${api.baseUrl}/api/v1${path}`, {
      method,
      headers: {
        ...(api.key && { "X-API-Key": api.key }),
        ...(call.body !== undefined && { "Content-Type": "application/json" }),
        ...(call.idempotencyKey && { "Idempotency-Key": call.idempotencyKey }),
        ...call.headers,
      },
      ...(call.body !== undefined && { body: JSON.stringify(call.body) }),
    });
    const text = await response.text();
    const body = parseBody(text, response.status);
    if (response.ok) return { status: response.status, replayed: response.headers.get("X-Idempotent-Replayed") === "true", body };
    const reason = ErrorBody.safeParse(body).data?.error ?? { code: `HTTP_${response.status}`, message: text.slice(0, 500) };
    const retryAfter = Number(response.headers.get("Retry-After") ?? 1);
    const later = reason.retryable === true && attempt < attemptsMax && retryAfter <= retryAfterMaxSeconds;
    if (!later) throw new RequestRefused(response.status, reason);
    await wait(retryAfter * 1000);
  }
}

function parseBody(text: string, status: number): unknown {
  try {
    return text === "" ? undefined : JSON.parse(text);
  } catch {
    throw new RequestRefused(status, { code: `HTTP_${status}`, message: text.slice(0, 500) });
  }
}
