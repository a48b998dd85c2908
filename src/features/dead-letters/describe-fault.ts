import { causesOf } from "../../kernel/error-causes.ts";
import { Refused } from "../../platform/refused.ts";

/** An error's message is written by us, or by the database of its schema, and quotes nothing that a tenant wrote. */
const quotesNothing = /^(?:assertion failed: |D1_ERROR: )/;
const lengthMax = 500;
const framesMax = 3;

/** What is stored of an error: its kind, where it was thrown, and its message where that cannot quote a tenant's text. The log has the rest. */
export function describeFault(thrown: unknown): string {
  if (!(thrown instanceof Error)) return "What was thrown is no error.";
  const causes = [...causesOf(thrown)];
  // Drizzle wraps the database's error in one that quotes the statement's parameters.
  const error = causes.find(({ message }) => quotesNothing.test(message)) ?? causes.at(-1) ?? thrown;
  if (error instanceof Refused) return error.failure.code;
  const said = quotesNothing.test(error.message) ? `${error.name}: ${error.message}` : error.name;
  const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  return [said, ...frames.slice(0, framesMax).map((line) => line.trim())].join("\n").slice(0, lengthMax);
}
