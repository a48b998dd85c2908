import type { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { bulkBytesMin } from "../kernel/bounds.ts";
import type { FailureDetail } from "../kernel/failures.ts";
import { isUuid } from "../kernel/id.ts";
import { notFound, refusal } from "../platform/refused.ts";
import { afterShort } from "../platform/short-first.ts";
import { idField } from "./fields.ts";
import { parseJson } from "./parse-json.ts";
import { hasNoBody, readText } from "./read-body.ts";

/** More issues than this help nobody. */
const detailsMax = 100;

/** A key of the body as a step of a JSON pointer (RFC 6901), cut short: it may be as long as the body. */
function step(key: PropertyKey): string {
  return String(key).slice(0, 100).replaceAll("~", "~0").replaceAll("/", "~1");
}

function detailsOf(error: z.core.$ZodError, value: unknown): FailureDetail[] {
  const details: FailureDetail[] = [];
  for (const issue of error.issues) {
    const pointer = issue.path.map((key) => `/${step(key)}`).join("");
    if (issue.code === "unrecognized_keys") {
      for (const key of issue.keys.slice(0, detailsMax)) {
        details.push({ pointer: `${pointer}/${step(key)}`, code: "unknown_field", message: `Unknown field ${key.slice(0, 100)}.` });
      }
    } else {
      details.push({ pointer, code: issue.code === "custom" ? "invalid_value" : issue.code, message: messageOf(issue, value) });
    }
    if (details.length >= detailsMax) break;
  }
  return details.slice(0, detailsMax);
}

/** The forms of which the validator says no more than that they are wrong. */
const formatNames: Readonly<Record<string, string>> = {
  uuid: "A UUID",
  email: "An email address",
  datetime: "An instant, as in 2026-06-08T09:30:00Z,",
  url: "A URL",
};

/** What is wrong in the API's words, where the validator has none but its own. */
function messageOf(issue: z.core.$ZodIssue, value: unknown): string {
  if (issue.code === "invalid_type") {
    if (issue.message.endsWith("received undefined")) return "Required.";
    if (issue.expected === "int") return "A whole number is expected; amounts are in minor units (cents) and have no fraction.";
    if (issue.expected === "array") return "A list is expected.";
    return `A value of type ${issue.expected} is expected.`;
  }
  if (issue.code === "invalid_value") {
    const values = issue.values.map(String).join(", ");
    if (isAbsent(value, issue.path)) return `Required: one of ${values}.`;
    return issue.values.length === 1 ? `Only ${values} is taken here.` : `One of ${values} is expected.`;
  }
  const form = issue.code === "invalid_format" && issue.message.startsWith("Invalid ") ? formatNames[issue.format] : undefined;
  if (form !== undefined) return `${form} is expected.`;
  if (issue.code === "too_small" || issue.code === "too_big") {
    const [bound, word] = issue.code === "too_small" ? [issue.minimum, "At least"] : [issue.maximum, "At most"];
    const unit = issue.origin === "string" ? "character" : issue.origin === "array" ? "item" : undefined;
    return unit === undefined ? `${word} ${bound}.` : `${word} ${bound} ${unit}${Number(bound) === 1 ? "" : "s"}.`;
  }
  return issue.message;
}

/** Whether nothing stands at a path of a value. */
function isAbsent(value: unknown, path: readonly PropertyKey[]): boolean {
  let at = value;
  for (const key of path) at = typeof at === "object" && at !== null ? Reflect.get(at, key) : undefined;
  return at === undefined;
}

function invalid(details: FailureDetail[]): never {
  const first = details[0];
  throw refusal("VALIDATION_ERROR", first ? `${first.pointer || "The request"}: ${first.message}` : "The request is not valid.", details);
}

/** The value as the schema reads it; refuses as `VALIDATION_ERROR`, naming every fault. */
export function check<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const outcome = schema.safeParse(value);
  if (!outcome.success) invalid(detailsOf(outcome.error, value));
  return outcome.data;
}

/** Reads a route's path parameters. Most are ids in the form in which they are given out, which their schema would give back as they are. */
export function pathReader(schema: z.ZodObject | undefined): (c: Context) => unknown {
  if (schema === undefined) return () => undefined;
  const names = Object.keys(schema.shape);
  const onlyIds = names.every((name) => schema.shape[name] === idField);
  return (c) => {
    const values: Record<string, string> = c.req.param();
    const plain = onlyIds && names.every((name) => isUuid(values[name] ?? ""));
    return plain ? values : readParameters(schema, values, "path");
  };
}

/** Reads a route's query. What a schema makes of none is always the same, and so is asked once. */
export function queryReader(schema: z.ZodObject | undefined): (c: Context) => unknown {
  let ofNone: unknown;
  return (c) => {
    if (c.req.url.includes("?")) return readParameters(schema, c.req.queries(), "query");
    ofNone ??= Object.freeze(readParameters(schema, {}, "query"));
    return ofNone;
  };
}

/** Path or query parameters. A parameter given twice is refused unless the schema accepts a list, as is one that the route does not know. */
function readParameters(schema: z.ZodObject | undefined, values: Record<string, string | string[]>, place: "path" | "query"): unknown {
  const flat: Record<string, unknown> = {};
  const unknown: FailureDetail[] = [];
  for (const [name, value] of Object.entries(values)) {
    if (schema !== undefined && (place === "path" || Object.hasOwn(schema.shape, name))) {
      flat[name] = Array.isArray(value) && value.length === 1 ? value[0] : value;
    } else if (place === "query" && unknown.length < detailsMax) {
      const cut = name.slice(0, 100);
      unknown.push({ pointer: cut, code: "unknown_parameter", message: `Unknown parameter ${cut}.` });
    }
  }
  const outcome = schema?.safeParse(flat);
  // An id in the path that cannot be one is an id that nothing has.
  if (place === "path" && outcome?.success === false) throw notFound();
  const wrong = outcome?.error === undefined ? [] : detailsOf(outcome.error, flat);
  const faults = [...unknown, ...wrong.map((detail) => ({ ...detail, pointer: detail.pointer.slice(1) }))];
  return faults.length > 0 ? invalid(faults.slice(0, detailsMax)) : outcome?.data;
}

interface BodyReading<T> {
  readonly bytesMax: number;
  readonly readPlain?: ((text: string, bytes: Uint8Array) => T | undefined) | undefined;
  /** Whether no body at all is `{}`. */
  readonly takesNone: () => boolean;
}

/** The JSON body as `readPlain` reads it, or else as the schema reads it. */
export async function readBody<S extends z.ZodType, T = never>(
  c: Context,
  schema: S,
  { bytesMax, readPlain, takesNone }: BodyReading<T>,
): Promise<z.output<S> | T> {
  if (hasNoBody(c) && takesNone()) return check(schema, {});
  const { text, bytes } = await readText(c, bytesMax);
  if (text === "") {
    if (takesNone()) return check(schema, {});
    throw refusal("BODY_NOT_JSON", "The body is empty; the operation takes JSON.");
  }
  const read = () => readPlain?.(text, bytes) ?? check(schema, parseJson(text));
  return text.length < bulkBytesMin ? read() : afterShort(read);
}
