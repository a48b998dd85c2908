import { type Node, type ParseError, parseTree, printParseErrorCode } from "jsonc-parser";
import { type AccountClass, generalType, normalSide } from "../kernel/account-type.ts";
import {
  accountDepthMax,
  descriptionLengthMax,
  externalIdLengthMax,
  linesPerEntryMax,
  linesPerEntryMin,
  nameLengthMax,
} from "../kernel/bounds.ts";
import { isCalendarDate } from "../kernel/calendar-date.ts";
import { amountMax } from "../kernel/money.ts";
import { isPlainLine, isPlainText } from "../kernel/plain-text.ts";
import { ok, type Result, refuse } from "../kernel/result.ts";

export interface BooksLine {
  /** The account's path: `Assets:Checking`. */
  readonly account: string;
  readonly side: "debit" | "credit";
  /** Cents, 1 to 2^53 − 1. */
  readonly amount: number;
}

export interface BooksEntry {
  readonly id: string;
  readonly date: string;
  readonly description: string;
  readonly lines: readonly BooksLine[];
}

/** An account that the file names, or that stands above one. */
export interface BooksAccount {
  readonly path: string;
  readonly name: string;
  readonly class: AccountClass;
  readonly parent: string | null;
}

export interface Books {
  /** In the order of the file. */
  readonly entries: readonly BooksEntry[];
  /** Parents before their children, in the order in which the file first needs them. */
  readonly accounts: readonly BooksAccount[];
}

/** What is wrong in the file, and where: line and column count from 1. */
export interface BooksFault {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

const classes = Object.keys(generalType) as AccountClass[];

/**
 * Reads a books file, or says everything that is wrong in it.
 * What it lets pass can be posted: entries are balanced, amounts exact, dates exist, ids are unique, no account has two types, and no balance
 * that starts at zero leaves what a ledger can hold.
 */
export function readBooks(bytes: Uint8Array): Result<Books, readonly BooksFault[]> {
  const text = decode(bytes);
  if (text === undefined) return refuse([{ line: 1, column: 1, message: "The file is not UTF-8 text." }]);
  const tree = parseStrictly(text);
  if (!tree.ok) return tree;
  const reading = beginReading(text);
  const entries = readEntries(reading, tree.value);
  const accounts = accountTree(reading);
  if (reading.faults.length === 0) checkBalances(reading, entries);
  if (reading.faults.length > 0) return refuse(faultsInOrder(reading));
  return ok({ entries: entries.map(({ entry }) => entry), accounts });
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    // Skips a byte order mark, as editors on Windows write it.
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** The syntax tree of strict JSON (RFC 8259). The parser is a forgiving one made for editors, so the platform's decides what is JSON. */
function parseStrictly(text: string): Result<Node, readonly BooksFault[]> {
  const errors: ParseError[] = [];
  let tree: Node | undefined;
  let strict: string | undefined;
  try {
    JSON.parse(text);
  } catch (error) {
    strict = error instanceof Error ? error.message : String(error);
  }
  try {
    tree = parseTree(text, errors, { disallowComments: true });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return refuse([{ line: 1, column: 1, message: "The file is nested far deeper than a books file." }]);
  }
  if (tree && strict === undefined) return ok(tree);
  // What follows the first fault of syntax is guesswork, so only the first is reported.
  const [first] = errors;
  const offset = first?.offset ?? text.length;
  const what = first
    ? `${printParseErrorCode(first.error)
        .replace(/(?<=[a-z])(?=[A-Z])/g, " ")
        .toLowerCase()}${nextTo(text, offset)}`
    : strict;
  return refuse([{ ...placeIn(text, offset), message: `The file is not JSON: ${what}.` }]);
}

function nextTo(text: string, offset: number): string {
  const rest = text
    .slice(offset, offset + 20)
    .split("\n")[0]
    ?.trim();
  return rest ? ` at ${JSON.stringify(rest)}` : " at the end of the line";
}

function placeIn(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset).split("\n");
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

interface PlacedLine extends BooksLine {
  readonly node: Node;
}
interface PlacedEntry {
  readonly entry: BooksEntry;
  readonly lines: readonly PlacedLine[];
}
interface AccountUse {
  readonly class: AccountClass;
  readonly node: Node;
  /** The account itself, or one below it that makes it a parent. */
  readonly by: string;
}

/** What is known of the file so far: every fault with its place, and what was seen where. */
interface Reading {
  readonly text: string;
  readonly lineStarts: readonly number[];
  readonly faults: (BooksFault & { readonly offset: number })[];
  readonly ids: Map<string, Node>;
  readonly uses: Map<string, AccountUse>;
  /** Whether a text was found to be a path of an account. */
  readonly paths: Map<string, boolean>;
}

function beginReading(text: string): Reading {
  const lineStarts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) lineStarts.push(at + 1);
  return { text, lineStarts, faults: [], ids: new Map(), uses: new Map(), paths: new Map() };
}

function readEntries(reading: Reading, root: Node): PlacedEntry[] {
  if (root.type !== "array") {
    addFault(reading, root, "The file holds an array of entries, and this is none.");
    return [];
  }
  const entries: PlacedEntry[] = [];
  for (const [index, node] of (root.children ?? []).entries()) {
    const entry = readEntry(reading, node, index);
    if (entry) entries.push(entry);
  }
  return entries;
}

function readEntry(reading: Reading, node: Node, index: number): PlacedEntry | undefined {
  const at = `Entry ${index + 1}`;
  const fields = membersOf(reading, node, at, ["id", "date", "description", "lines"]);
  if (!fields) return undefined;
  const id = readId(reading, fields.id, at);
  const date = readText(reading, fields.date, `${at}: date`, 0, Number.POSITIVE_INFINITY);
  const dateExists = date !== undefined && isCalendarDate(date);
  if (date !== undefined && !dateExists && fields.date) {
    addFault(reading, fields.date, `${at}: date ${JSON.stringify(date)} is not a date that exists, written YYYY-MM-DD.`);
  }
  const description = readText(reading, fields.description, `${at}: description`, 0, descriptionLengthMax);
  if (description !== undefined && fields.description && !isPlainText(description)) {
    addFault(reading, fields.description, `${at}: description has control characters or half characters in it.`);
  }
  const lines = fields.lines && readLines(reading, fields.lines, at);
  if (id === undefined || !dateExists || description === undefined || !lines) return undefined;
  return { entry: { id, date, description, lines: lines.map(({ account, side, amount }) => ({ account, side, amount })) }, lines };
}

function readLines(reading: Reading, node: Node, at: string): readonly PlacedLine[] | undefined {
  if (node.type !== "array") return addFault(reading, node, `${at}: lines is not an array.`);
  const nodes = node.children ?? [];
  if (nodes.length < linesPerEntryMin || nodes.length > linesPerEntryMax) {
    addFault(reading, node, `${at}: it has ${nodes.length} lines; an entry has ${linesPerEntryMin} to ${linesPerEntryMax}.`);
  }
  const sums = { debit: 0n, credit: 0n };
  const lines: PlacedLine[] = [];
  let amountsRead = true;
  for (const [index, line] of nodes.entries()) {
    const where = `${at}, line ${index + 1}`;
    const fields = membersOf(reading, line, where, ["account", "type", "debit", "credit"]);
    const account = fields && readAccount(reading, fields.account, fields.type, where);
    const debit = fields && readAmount(reading, fields.debit, `${where}: debit`);
    const credit = fields && readAmount(reading, fields.credit, `${where}: credit`);
    if (debit === undefined || credit === undefined) {
      amountsRead = false;
      continue;
    }
    sums.debit += BigInt(debit);
    sums.credit += BigInt(credit);
    if (debit > 0 && credit > 0) addFault(reading, line, `${where}: it has both a debit and a credit; a line has one.`);
    else if (debit === 0 && credit === 0) addFault(reading, line, `${where}: it has neither a debit nor a credit.`);
    else if (account !== undefined) lines.push({ account, side: debit > 0 ? "debit" : "credit", amount: debit || credit, node: line });
  }
  // Where an amount cannot be read, the sums say nothing.
  if (amountsRead && sums.debit !== sums.credit) {
    addFault(reading, node, `${at}: it is not balanced: debits ${sums.debit}, credits ${sums.credit}.`);
  }
  return lines.length === nodes.length ? lines : undefined;
}

/** The members of an object: each once, all of them, and no others. */
function membersOf<Name extends string>(
  reading: Reading,
  node: Node,
  at: string,
  names: readonly Name[],
): { readonly [name in Name]?: Node } | undefined {
  if (node.type !== "object") return addFault(reading, node, `${at}: it is not an object with ${names.join(", ")}.`);
  const fields: { [name in Name]?: Node } = {};
  for (const [key, value] of (node.children ?? []).map((property) => property.children ?? [])) {
    const name = names.find((known) => known === key?.value);
    if (!key || !value) continue;
    if (name === undefined) addFault(reading, key, `${at}: unknown field ${JSON.stringify(key.value)}; known are ${names.join(", ")}.`);
    else if (fields[name]) addFault(reading, key, `${at}: the field ${name} is there twice.`);
    else fields[name] = value;
  }
  for (const name of names) if (!fields[name]) addFault(reading, node, `${at}: the field ${name} is missing.`);
  return fields;
}

function readText(reading: Reading, node: Node | undefined, at: string, lengthMin: number, lengthMax: number): string | undefined {
  if (!node) return undefined;
  if (node.type !== "string") return addFault(reading, node, `${at} is not a string.`);
  const text: string = node.value;
  if (text.length < lengthMin) return addFault(reading, node, `${at} is empty.`);
  if (text.length > lengthMax) return addFault(reading, node, `${at} has ${text.length} characters; the most is ${lengthMax}.`);
  return text;
}

function readAmount(reading: Reading, node: Node | undefined, at: string): number | undefined {
  if (!node) return undefined;
  const shown = reading.text.slice(node.offset, node.offset + Math.min(node.length, 40));
  if (node.type !== "number") return addFault(reading, node, `${at} is ${shown}, not a number of cents.`);
  const amount = wholeNumber(reading.text.slice(node.offset, node.offset + node.length));
  if (amount !== undefined) return amount;
  return addFault(reading, node, `${at} is ${shown}; amounts are whole cents from 0 to ${amountMax}.`);
}

function readAccount(reading: Reading, pathNode: Node | undefined, typeNode: Node | undefined, at: string): string | undefined {
  const path = readText(reading, pathNode, `${at}: account`, 1, Number.POSITIVE_INFINITY);
  const named = typeNode && readText(reading, typeNode, `${at}: type`, 0, Number.POSITIVE_INFINITY);
  const type = classes.find((known) => known === named);
  if (typeNode && named !== undefined && type === undefined) {
    addFault(reading, typeNode, `${at}: type ${JSON.stringify(named)} is none of ${classes.join(", ")}.`);
  }
  if (!pathNode || path === undefined || !isPath(reading, path, pathNode, at) || type === undefined) return undefined;
  return reading.uses.get(path)?.class === type || noteAccount(reading, path, type, pathNode, at) ? path : undefined;
}

function isPath(reading: Reading, path: string, node: Node, at: string): boolean {
  const known = reading.paths.get(path);
  if (known === true) return true;
  const names = path.split(":");
  const wrong = names.some((name) => name.trim() !== name || name === "")
    ? "names between colons are not empty and neither begin nor end with a space"
    : names.some((name) => name.length > nameLengthMax) || path.length > externalIdLengthMax
      ? `a path has at most ${externalIdLengthMax} characters`
      : names.length > accountDepthMax
        ? `it is ${names.length} levels deep; the most is ${accountDepthMax}`
        : undefined;
  reading.paths.set(path, wrong === undefined);
  if (wrong !== undefined) addFault(reading, node, `${at}: account ${JSON.stringify(path)}: ${wrong}.`);
  return wrong === undefined;
}

/** Notes the class of the account and of those above it: a parent is of its children's class, or statements could not roll it up. */
function noteAccount(reading: Reading, path: string, type: AccountClass, node: Node, at: string): boolean {
  const names = path.split(":");
  let agrees = true;
  for (let depth = 1; depth <= names.length; depth++) {
    const account = names.slice(0, depth).join(":");
    const earlier = reading.uses.get(account);
    if (!earlier) reading.uses.set(account, { class: type, node, by: path });
    else if (earlier.class !== type) {
      const { line, column } = placeOf(reading, earlier.node.offset);
      const child = account === path ? "" : `, which stands above ${JSON.stringify(path)},`;
      const before = earlier.by === account ? "" : ` by way of ${JSON.stringify(earlier.by)}`;
      addFault(
        reading,
        node,
        `${at}: account ${JSON.stringify(account)}${child} is of type ${type} here and of type ${earlier.class} in ${line}:${column}${before}; an account has one type.`,
      );
      agrees = false;
    }
  }
  return agrees;
}

/** An id is what the API accepts as an external id: a line of text without spaces around it, and no other entry's. */
function readId(reading: Reading, node: Node | undefined, at: string): string | undefined {
  const id = readText(reading, node, `${at}: id`, 1, externalIdLengthMax);
  if (!node || id === undefined) return undefined;
  if (id.trim() !== id || !isPlainLine(id))
    return addFault(reading, node, `${at}: id ${JSON.stringify(id)} has control characters, or spaces around it.`);
  const earlier = reading.ids.get(id);
  if (earlier) {
    const { line, column } = placeOf(reading, earlier.offset);
    return addFault(reading, node, `${at}: id ${JSON.stringify(id)} is taken by the entry in ${line}:${column}.`);
  }
  reading.ids.set(id, node);
  return id;
}

function accountTree(reading: Reading): BooksAccount[] {
  return [...reading.uses].map(([path, use]) => {
    const parentEnds = path.lastIndexOf(":");
    return { path, name: path.slice(parentEnds + 1), class: use.class, parent: parentEnds === -1 ? null : path.slice(0, parentEnds) };
  });
}

/** A ledger refuses what would take a balance past 2^53 − 1; from zero on, the file alone shows where. */
function checkBalances(reading: Reading, entries: readonly PlacedEntry[]): void {
  const balances = new Map<string, number>();
  for (const { lines } of entries) {
    for (const { account, side, amount, node } of lines) {
      const accountClass = reading.uses.get(account)?.class;
      if (accountClass === undefined) continue;
      const balance = (balances.get(account) ?? 0) + (side === normalSide(generalType[accountClass]) ? amount : -amount);
      balances.set(account, balance);
      if (!Number.isSafeInteger(balance)) {
        addFault(reading, node, `The balance of ${JSON.stringify(account)} would leave ±${amountMax} here.`);
        return;
      }
    }
  }
}

function faultsInOrder(reading: Reading): readonly BooksFault[] {
  return reading.faults.toSorted((a, b) => a.offset - b.offset).map(({ line, column, message }) => ({ line, column, message }));
}

function addFault(reading: Reading, node: Node, message: string): undefined {
  reading.faults.push({ ...placeOf(reading, node.offset), offset: node.offset, message });
}

function placeOf(reading: Reading, offset: number): { readonly line: number; readonly column: number } {
  let low = 0;
  let high = reading.lineStarts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((reading.lineStarts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - (reading.lineStarts[low] ?? 0) + 1 };
}

/** The whole number, from 0 to 2^53 − 1, that a JSON number's text is exactly; undefined where it is none. `1e2` and `100.0` are 100; no digit is ever rounded away. */
export function wholeNumber(text: string): number | undefined {
  const [, sign, whole = "", fraction = "", exponent = "0"] = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const digits = (whole + fraction).replace(/^0+/, "");
  if (digits === "") return 0;
  if (sign === "-") return undefined;
  const trailing = digits.length - digits.replace(/0+$/, "").length;
  const zeros = Number(exponent) - fraction.length;
  // Fewer than 16 digits more than fit are left to the check below; more are not worth writing out.
  if (-zeros > trailing || zeros > 16) return undefined;
  const exact = BigInt(zeros < 0 ? digits.slice(0, zeros) : digits + "0".repeat(zeros));
  return exact <= BigInt(amountMax) ? Number(exact) : undefined;
}
