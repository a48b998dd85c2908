import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import worker from "../../../src/index.ts";
import { runEveryCron } from "../../support/background.ts";
import { checkRefusalIsDocumented } from "../../support/documented-refusals.ts";
import { type Answer, type Api, apiThat } from "../../support/site.ts";

/** A call of the Worker to what it is bound to, as a gate sees it. */
export interface Call {
  /** `LEDGER`, `ACCESS`, `DIRECTORY`, `SITE_DB_0`, … */
  readonly binding: string;
  /** The method of the object; of a database `batch` or how one statement is run; of a queue or bucket its method. */
  readonly method: string;
  /** The object's id, as text. */
  readonly object: string | undefined;
  /** The statements of a database's call. */
  readonly sql: string;
  readonly args: readonly unknown[];
  readonly when: "before" | "after";
}

/** What a test does at a call: wait, throw as if the connection were lost there, or let it pass. */
export type Gate = (call: Call) => void | Promise<void>;

export type Match = (call: Call) => boolean;

/** A call to a ledger's object by its method. */
export function toLedger(method: string, when: Call["when"] = "before"): Match {
  return (call) => call.binding === "LEDGER" && call.method === method && call.when === when;
}

/** A call to a database whose statements match. */
export function toDatabase(sql: RegExp, when: Call["when"] = "before"): Match {
  return (call) => call.sql !== "" && sql.test(call.sql) && call.when === when;
}

/** A gate that is shut at one call, the first or the nth that matches. */
export interface Shut {
  readonly gate: Gate;
  /** Resolves when the call stands at the gate. Fails where the request that was to come there has ended without. */
  reachedBy(request: Promise<unknown>): Promise<void>;
  open(): void;
}

export function shutAt(match: Match, nth = 1): Shut {
  const reached = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<void>();
  let seen = 0;
  return {
    reachedBy: (request) =>
      Promise.race([
        reached.promise,
        request.then((answer) => {
          throw new Error(`The request never came to the gate: ${JSON.stringify(answer).slice(0, 500)}`);
        }),
      ]),
    open: opened.resolve,
    gate: (call) => {
      if (!match(call)) return;
      seen += 1;
      if (seen !== nth) return;
      reached.resolve();
      return opened.promise;
    },
  };
}

/** The request dies at the nth call that matches: `before` it was made, or `after` with its answer lost. Later calls die too: the isolate is gone. */
export function dieAt(match: Match, nth = 1): Gate {
  let seen = 0;
  return (call) => {
    if (seen < nth && match(call)) seen += 1;
    if (seen >= nth) throw new Error("The isolate has ended.");
  };
}

/** Fails every call that matches, as an object or database does that cannot be reached. */
export function outOfReach(match: Match): Gate {
  return (call) => {
    if (match(call)) throw Object.assign(new Error("Network connection lost."), { retryable: true, remote: true });
  };
}

/** Counts the calls that match. */
export function counting(match: Match): { readonly gate: Gate; readonly count: () => number } {
  let seen = 0;
  return {
    gate: (call) => {
      if (match(call)) seen += 1;
    },
    count: () => seen,
  };
}

/** Several gates at once. */
export function gates(...all: readonly Gate[]): Gate {
  return async (call) => {
    for (const gate of all) await gate(call);
  };
}

/** Passes one call through the gate, before and after. */
async function through<T>(gate: Gate, call: Omit<Call, "when">, work: () => Promise<T>): Promise<T> {
  await gate({ ...call, when: "before" });
  const result = await work();
  await gate({ ...call, when: "after" });
  return result;
}

type Callable = (...args: unknown[]) => unknown;

/** An object of which the gate sees the calls of the methods named; the others are as they are. */
function watched<T extends object>(target: T, replaced: (name: string, method: Callable) => Callable | undefined): T {
  return new Proxy(target, {
    get(inner, name) {
      const value = Reflect.get(inner, name) as unknown;
      if (typeof value !== "function") return value;
      const method = (value as Callable).bind(inner);
      return (typeof name === "string" ? replaced(name, method) : undefined) ?? method;
    },
  });
}

function gatedNamespace(binding: string, namespace: DurableObjectNamespace, gate: Gate): DurableObjectNamespace {
  const gatedStub = (stub: DurableObjectStub) =>
    new Proxy(stub, {
      get(inner, name) {
        const value = Reflect.get(inner, name) as unknown;
        if (typeof value !== "function" || typeof name !== "string") return value;
        const object = inner.id.toString();
        return (...args: unknown[]) =>
          // The method is looked up on the stub itself, which a runtime's method needs as `this`.
          through(gate, { binding, method: name, object, sql: "", args }, async () =>
            (inner as unknown as Record<string, Callable>)[name]?.(...args),
          );
      },
    });
  return watched(namespace, (name, method) => {
    if (name === "get" || name === "getByName") return (...args) => gatedStub(method(...args) as DurableObjectStub);
    // The runtime of the tests knows no jurisdictions and throws.
    if (name === "jurisdiction") return (...args) => gatedNamespace(binding, method(...args) as DurableObjectNamespace, gate);
    return undefined;
  });
}

function gatedDatabase(binding: string, database: D1Database, gate: Gate): D1Database {
  const inner = new WeakMap<object, { readonly statement: D1PreparedStatement; readonly sql: string }>();
  const call = (method: string, sql: string, args: readonly unknown[]) => ({ binding, method, object: undefined, sql, args });
  const gatedStatement = (statement: D1PreparedStatement, sql: string, bound: readonly unknown[]): D1PreparedStatement => {
    const gated = watched(statement, (name, method) => {
      if (name === "bind") return (...values) => gatedStatement(method(...values) as D1PreparedStatement, sql, values);
      return (...args) => through(gate, call(name, sql, bound), async () => method(...args));
    });
    inner.set(gated, { statement, sql });
    return gated;
  };
  const gatedQueries = <T extends object>(target: T): T =>
    watched(target, (name, method) => {
      if (name === "prepare") return (sql) => gatedStatement(method(sql) as D1PreparedStatement, String(sql), []);
      if (name === "withSession") return (...args) => gatedQueries(method(...args) as D1DatabaseSession);
      if (name !== "batch") return undefined;
      return (statements) => {
        const known = (statements as D1PreparedStatement[]).map((one) => inner.get(one) ?? { statement: one, sql: "" });
        const sql = known.map((one) => one.sql).join(";\n");
        return through(gate, call("batch", sql, []), async () => method(known.map((one) => one.statement)));
      };
    });
  return gatedQueries(database);
}

const methodsOfOthers = new Set(["send", "sendBatch", "put", "get", "delete", "head", "list"]);

/** The Worker's bindings with a gate before and after every call to them. */
export function gatedEnv(gate: Gate, more: Readonly<Record<string, unknown>> = {}): Cloudflare.Env {
  const bound = { ...env, ...more } as unknown as Record<string, unknown>;
  for (const [name, value] of Object.entries(bound)) {
    if (typeof value !== "object" || value === null) continue;
    if ("idFromName" in value) bound[name] = gatedNamespace(name, value as DurableObjectNamespace, gate);
    else if ("prepare" in value) bound[name] = gatedDatabase(name, value as D1Database, gate);
    else if ("sendBatch" in value || "createMultipartUpload" in value)
      bound[name] = watched(value, (method, plain) =>
        methodsOfOthers.has(method)
          ? (...args) => through(gate, { binding: name, method, object: undefined, sql: "", args }, async () => plain(...args))
          : undefined,
      );
  }
  return bound as unknown as Cloudflare.Env;
}

/** Sends a request to the Worker, whose calls pass the gate. What it does after its answer is waited for. */
export async function requestThrough(
  gate: Gate,
  method: string,
  url: string,
  headers: Record<string, string>,
  text?: string,
  more: Readonly<Record<string, unknown>> = {},
): Promise<Answer> {
  const ctx = createExecutionContext();
  const request = new Request(`https://countinghouse.test${url}`, { method, headers, ...(text === undefined ? {} : { body: text }) });
  const response = await worker.fetch(request as Parameters<typeof worker.fetch>[0], gatedEnv(gate, more), ctx);
  const answered = await response.text();
  await waitOnExecutionContext(ctx);
  let body: unknown;
  try {
    body = JSON.parse(answered);
  } catch {
    body = undefined;
  }
  const answer = { status: response.status, headers: response.headers, text: answered, body } as Answer;
  checkRefusalIsDocumented(method, url, answer.status, answer.body?.error?.code ?? answer.body?.code);
  return answer;
}

/** The API through the same key, its calls behind the gate. `more`: bindings beside those of the tests. */
export function apiThrough(gate: Gate, { key }: Pick<Api, "key">, more: Readonly<Record<string, unknown>> = {}): Api {
  return apiThat((method, url, headers, text) => requestThrough(gate, method, url, headers, text, more), key);
}

/** Runs what the clock runs, its calls behind the gate. */
export function cronThrough(gate: Gate): Promise<void> {
  return runEveryCron(gatedEnv(gate));
}

/** Ten rounds of a race, each with its number for names that must differ. */
export async function rounds(race: (round: number) => Promise<void>, count = 10): Promise<void> {
  for (let round = 1; round <= count; round++) await race(round);
}
