import { env, exports } from "cloudflare:workers";
import { expect } from "vitest";
import { checkRefusalIsDocumented } from "./documented-refusals.ts";

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed JSON. Tests say what they expect of it. */
  // biome-ignore lint/suspicious/noExplicitAny: what an answer holds is what the test is about.
  readonly body: any;
}

export interface Api {
  readonly key: string;
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
  patch(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
  delete(path: string, headers?: Record<string, string>): Promise<Answer>;
  send(
    method: string,
    path: string,
    request?: { readonly body?: unknown; readonly text?: string; readonly headers?: Record<string, string> },
  ): Promise<Answer>;
  /** The same site through a fresh key of another role. */
  withRole(role: string, more?: Readonly<Record<string, unknown>>): Promise<Api>;
}

export interface Site {
  /** Through its OWNER's key. */
  readonly api: Api;
  readonly siteId: string;
  readonly tokenId: string;
  /** The firm's live site through its OWNER's key, which reaches the firm's users. */
  readonly live: Api;
}

/** Sends a request to the Worker under test. Fails where it is refused in a way that the document does not list. */
export async function request(method: string, url: string, headers: Record<string, string>, text?: string): Promise<Answer> {
  const response = await exports.default.fetch(
    new Request(`https://countinghouse.test${url}`, { method, headers, ...(text === undefined ? {} : { body: text }) }),
  );
  const answered = await response.text();
  const answer: Answer = { status: response.status, headers: response.headers, text: answered, body: parsed(answered) };
  // A problem (RFC 9457) has its code beside the title.
  checkRefusalIsDocumented(method, url, answer.status, answer.body?.error?.code ?? answer.body?.code);
  return answer;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The API through a key, or through what else the headers say who asks. */
export function apiWith(key: string, who?: Readonly<Record<string, string>>): Api {
  return apiThat(request, key, who);
}

/** The API as `sends` sends requests to it. */
export function apiThat(sends: typeof request, key: string, who: Readonly<Record<string, string>> = { "x-api-key": key }): Api {
  const send: Api["send"] = (method, path, { body, text, headers = {} } = {}) => {
    const sent = text ?? (body === undefined ? undefined : JSON.stringify(body));
    return sends(
      method,
      `/api/v1${path}`,
      { ...who, ...(sent === undefined ? {} : { "content-type": "application/json" }), ...headers },
      sent,
    );
  };
  return {
    key,
    send,
    get: (path, headers = {}) => send("GET", path, { headers }),
    post: (path, body, headers = {}) => send("POST", path, { body, headers }),
    patch: (path, body, headers = {}) => send("PATCH", path, { body, headers }),
    delete: (path, headers = {}) => send("DELETE", path, { headers }),
    async withRole(role, more = {}) {
      const issued = await send("POST", "/tokens", { body: { name: `a ${role}`, role, ...more } });
      expect(issued.status).toBe(201);
      return apiWith(issued.body.key);
    },
  };
}

/** A fresh firm, of whose two sites the test works on one, with no limit on its key's requests but a test's patience. */
export async function newSite(environment: "sandbox" | "live" = "sandbox"): Promise<Site> {
  // Sign-ups are limited by address: every firm has its own.
  const address = Array.from(crypto.getRandomValues(new Uint8Array(4))).join(".");
  const body = { firmName: "Acme Payments", ownerEmail: `${crypto.randomUUID()}@example.com` };
  const signedUp = await request(
    "POST",
    "/api/v1/signup",
    { "content-type": "application/json", "cf-connecting-ip": address },
    JSON.stringify(body),
  );
  expect(signedUp.status).toBe(201);
  const { siteId, tokenId, key } = signedUp.body[environment];
  expect(await env.ACCESS.getByName(tokenId).setPlan(1_000_000)).toBe(true);
  return { api: apiWith(key), siteId, tokenId, live: apiWith(signedUp.body.live.key) };
}
