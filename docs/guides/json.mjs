// Reads the JSON of an answer from standard input and prints what the guides ask of it. See shell.sh.
import { readFileSync } from "node:fs";

const [mode, ...paths] = process.argv.slice(2);
const text = readFileSync(0, "utf8");
const answer = parse(text);
// A guide that asks for a field which is not there would go on with an empty one, and say nothing of the refusal it met.
if (answer === undefined || (answer.error && !paths.some((path) => path.startsWith("error")))) fail(`The answer is ${text || "empty"}`);

if (mode === "pick") console.log(told(only(answer, paths[0])));
else if (mode === "show") for (const path of paths) console.log(`${path}: ${told(only(answer, path))}`);
else if (mode === "table") printTable(paths.slice(1), all(answer, `${paths[0]}.*`));
else fail(`json.mjs pick FIELD | show FIELD… | table LIST FIELD…, and not ${mode}`);

function parse(json) {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function fail(words) {
  console.error(words);
  process.exit(1);
}

/** All values at a path, whose `*` stands for each item of a list. */
function all(value, path) {
  return path.split(".").reduce((found, part) => found.flatMap((one) => (part === "*" ? (one ?? []) : [one?.[part]])), [value]);
}

function only(value, path) {
  const [found] = all(value, path);
  if (found === undefined) fail(`There is no ${path} in ${text}`);
  return found;
}

function told(value) {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function printTable(fields, rows) {
  const cells = [fields, ...rows.map((row) => fields.map((field) => told(all(row, field)[0] ?? "")))];
  const widths = fields.map((_, column) => Math.max(...cells.map((row) => row[column].length)));
  const isFigure = fields.map((field) => rows.every((row) => typeof (all(row, field)[0] ?? 0) === "number"));
  for (const row of cells) {
    const line = row.map((cell, column) => (isFigure[column] ? cell.padStart(widths[column]) : cell.padEnd(widths[column])));
    console.log(line.join("  ").trimEnd());
  }
}
