import { isDeepStrictEqual } from "node:util";
import type { Answered, Exchange } from "./exchange.ts";

type Json = null | boolean | number | string | readonly Json[] | JsonObject;
interface JsonObject {
  readonly [name: string]: Json;
}

/** A place at which two answers differ. Without `was` it is new, without `is` it is gone. */
export interface Difference {
  readonly request: string;
  /** JSON pointer into `{status, headers, body}`. */
  readonly pointer: string;
  readonly was?: Json;
  readonly is?: Json;
}

/**
 * A difference that a later change means to make. `request` and `pointer` are patterns: in a name `*` stands for any text, in a pointer `*`
 * for one step and `**` for any number of them. A value `"*"` stands for any value.
 */
export interface ExpectedDifference extends Difference {
  readonly why: string;
}

/** Values that are fresh with each request: they must be there, of the same type, and are not compared. Each with its reason. */
const freshValues: readonly { readonly isIn: (exchange: Exchange) => boolean; readonly pointer: RegExp; readonly why: string }[] = [
  { isIn: ({ answered }) => answered.status >= 400, pointer: /^\/body(?:\/error)?\/requestId$/, why: "drawn for each request" },
  { isIn: ({ asked }) => /\/tokens\b/.test(asked.path), pointer: /\/lastUsedAt$/, why: "the keys are used by these very requests" },
  { isIn: ({ asked }) => asked.path.includes("/reports/"), pointer: /^\/body\/generatedAt$/, why: "when it was answered" },
  {
    isIn: ({ asked }) => asked.path.endsWith("/validate"),
    pointer: /^\/body(?:\/data\/\d+)?\/(?:id|journalEntryId|createdAt|requestId)$/,
    why: "of an entry that is not posted: drawn, and the time of the request",
  },
];

/** Everything in which an answer differs from the one that was given before. */
export function differencesOf(exchange: Exchange, is: Answered): Difference[] {
  const { asked, answered: was } = exchange;
  // Another outcome is one difference, not one for each member of its body.
  if (was.status !== is.status) {
    const [before, after] = [readAnswer(was), readAnswer(is)];
    return [{ request: asked.name, pointer: "", was: before, is: after }];
  }
  const fresh = freshValues.filter(({ isIn }) => isIn(exchange)).map(({ pointer }) => pointer);
  const found: Difference[] = [];
  let [textBefore, textAfter] = [was.body, is.body];
  compare(readAnswer(was), readAnswer(is), "", (pointer, values) => {
    const isFresh = typeof values.was === "string" && typeof values.is === "string" && fresh.some((place) => place.test(pointer));
    if (!isFresh) {
      found.push({ request: asked.name, pointer, ...values });
      return;
    }
    textBefore = textBefore.replaceAll(values.was, "");
    textAfter = textAfter.replaceAll(values.is, "");
  });
  // The same values in another order or spelling: whoever compares texts, as of a replay, would see it.
  if (found.length === 0 && textBefore !== textAfter) found.push({ request: asked.name, pointer: "/body", was: was.body, is: is.body });
  return found;
}

function readAnswer({ status, headers, body }: Answered): JsonObject {
  const isJson = /^application\/(?:[a-z]+\+)?json\b/.test(headers["content-type"] ?? "");
  return { status, headers, body: isJson && body !== "" ? JSON.parse(body) : body };
}

type Report = (pointer: string, values: { readonly was?: Json; readonly is?: Json }) => void;

function compare(was: Json, is: Json, pointer: string, report: Report): void {
  const [before, after] = [membersOf(was), membersOf(is)];
  const areAlike = before !== undefined && after !== undefined && Array.isArray(was) === Array.isArray(is);
  if (areAlike) compareMembers(before, after, pointer, report);
  else if (!isDeepStrictEqual(was, is)) report(pointer, { was, is });
}

function compareMembers(was: JsonObject, is: JsonObject, pointer: string, report: Report): void {
  for (const name of new Set([...Object.keys(was), ...Object.keys(is)])) {
    const at = `${pointer}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
    const [before, after] = [was[name], is[name]];
    if (before === undefined || after === undefined)
      report(at, { ...(before !== undefined && { was: before }), ...(after !== undefined && { is: after }) });
    else compare(before, after, at, report);
  }
}

/** By name or by index. */
function membersOf(value: Json): JsonObject | undefined {
  return typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value)) : undefined;
}

/** What was found and not expected, and what was expected and not found. */
export function unexpected(
  found: readonly Difference[],
  expected: readonly ExpectedDifference[],
): { readonly differences: readonly Difference[]; readonly missing: readonly ExpectedDifference[] } {
  const patterns = expected.map((difference) => ({ difference, matches: matcherOf(difference), isFound: false }));
  const differences = found.filter((difference) => {
    const matching = patterns.filter(({ matches }) => matches(difference));
    for (const pattern of matching) pattern.isFound = true;
    return matching.length === 0;
  });
  return { differences, missing: patterns.filter(({ isFound }) => !isFound).map(({ difference }) => difference) };
}

function matcherOf({ request, pointer, was, is }: ExpectedDifference): (found: Difference) => boolean {
  const name = new RegExp(`^${request.split("*").map(escaped).join(".*")}$`);
  const steps = pointer
    .split("/")
    .slice(1)
    .map((step) => (step === "**" ? "(?:/[^/]*)*" : step === "*" ? "/[^/]*" : `/${escaped(step)}`));
  const place = new RegExp(`^${steps.join("")}$`);
  return (found) => name.test(found.request) && place.test(found.pointer) && fits(was, found.was) && fits(is, found.is);
}

function fits(expected: Json | undefined, found: Json | undefined): boolean {
  return (expected === "*" && found !== undefined) || isDeepStrictEqual(expected, found);
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

/** Differences by place, each once with how often it is there: as they are put into the list of expected ones. */
export function summaryOf(found: readonly Difference[]): string[] {
  const places = new Map<string, { readonly first: Difference; count: number }>();
  for (const difference of found) {
    const place = difference.pointer.replace(/\/\d+(?=\/|$)/g, "/*");
    const known = places.get(place);
    if (known === undefined) places.set(place, { first: difference, count: 1 });
    else known.count += 1;
  }
  return [...places].map(
    ([place, { first, count }]) => `${count} × ${place === "" ? "another status" : place}, first: ${JSON.stringify(first).slice(0, 600)}`,
  );
}
