import { accountsPerImportMax } from "../../../kernel/bounds.ts";
import { ok, type Result, refuse } from "../../../kernel/result.ts";

const chartColumns = ["code", "name", "type", "parentCode", "subtype", "role", "externalId", "stableKey", "description"] as const;
export type ChartColumn = (typeof chartColumns)[number];
const fieldsMax = 50;
/** Several times the longest that a cell may say, with what is trimmed off it. */
const fieldLengthMax = 10_000;
/** The columns by their names in a header, which may be written in other ways. */
const columnsByName = new Map(chartColumns.map((column) => [column.toLowerCase(), column]));
/** Of a longer one no column is named: a header is as long as its sender makes it. */
const columnNameLengthMax = 100;
/** What ends a bare field. One object for all of them, which stands where it is set. */
const fieldEnd = /[,\r\n]|$/g;
/** Each costs many times what its two characters do. Twenty for each account. */
const doubledMax = 20 * accountsPerImportMax;
const quote = 0x22;
const lineFeed = 0x0a;
const requiredColumns: readonly ChartColumn[] = ["code", "name", "type"];

/** A row of the file with the line it starts on (the header is line 1). Empty cells are absent. */
export interface ChartCsvRow {
  readonly line: number;
  readonly cells: Partial<Record<ChartColumn, string>>;
}

export interface ChartFault {
  /** The row of the file, or the position in the list, from 1. */
  readonly row: number;
  readonly field: string;
  readonly code: string;
  readonly message: string;
}

/** The records of a CSV text (RFC 4180; LF or CRLF; a byte order mark is skipped), each with its first line. Refuses a quote that never closes, or one inside a bare field. */
function csvRecords(text: string): Result<{ readonly line: number; readonly fields: string[] }[], ChartFault> {
  const records: { line: number; fields: string[] }[] = [];
  let fields: string[] = [];
  let line = 1;
  let recordLine = 1;
  let doubled = 0;
  let at = text.startsWith("\uFEFF") ? 1 : 0;
  const endRecord = () => {
    // A line with nothing on it is no record.
    if (fields.length > 1 || fields[0] !== "") records.push({ line: recordLine, fields });
    fields = [];
    recordLine = line;
  };
  while (at <= text.length) {
    let field = "";
    if (text[at] === '"') {
      const openedOn = line;
      const from = at + 1;
      let isDoubled = false;
      // One character after the other: a field may be millions of doubled quotes.
      for (at = from; ; at++) {
        if (at >= text.length) return refuse({ row: openedOn, field: "", code: "csv_quote", message: "A quoted field is not closed." });
        if (doubled > doubledMax || at - from > fieldLengthMax) break;
        const code = text.charCodeAt(at);
        if (code === lineFeed) line += 1;
        if (code !== quote) continue;
        if (text.charCodeAt(at + 1) !== quote) break;
        isDoubled = true;
        doubled += 1;
        at += 1;
      }
      if (at - from > fieldLengthMax) return refuse(tooLong(line));
      field = text.slice(from, at);
      if (doubled > doubledMax)
        return refuse({ row: line, field: "", code: "csv_quote", message: `The file has more than ${doubledMax} doubled quotes.` });
      if (isDoubled) field = field.replace(/""/g, '"');
      at += 1;
    } else {
      fieldEnd.lastIndex = at;
      const stop = fieldEnd.exec(text)?.index ?? text.length;
      field = text.slice(at, stop);
      if (field.includes('"'))
        return refuse({ row: line, field: "", code: "csv_quote", message: "A quote stands inside a field that does not begin with one." });
      at = stop;
    }
    if (field.length > fieldLengthMax) return refuse(tooLong(line));
    fields.push(field.trim());
    // Refused while it is read: what eight megabytes of commas would become is more than an isolate has.
    if (fields.length > fieldsMax) {
      return refuse({ row: line, field: "", code: "csv_width", message: `A line has more than ${fieldsMax} fields.` });
    }
    if (records.length > accountsPerImportMax + 1) {
      return refuse({ row: line, field: "", code: "csv_length", message: `The file has more than ${accountsPerImportMax} accounts.` });
    }
    const next = text[at];
    if (next === ",") {
      at += 1;
      continue;
    }
    if (next !== undefined && next !== "\n" && !(next === "\r" && text[at + 1] === "\n")) {
      return refuse({ row: line, field: "", code: "csv_quote", message: "Something follows a quoted field before the next comma." });
    }
    at += next === "\r" ? 2 : 1;
    line += 1;
    endRecord();
    if (next === undefined) break;
  }
  return ok(records);
}

function tooLong(row: number): ChartFault {
  return { row, field: "", code: "csv_length", message: `A field has more than ${fieldLengthMax} characters.` };
}

function columnNamed(name: string): ChartColumn | undefined {
  return name.length > columnNameLengthMax ? undefined : columnsByName.get(name.replaceAll(/[ _-]/g, "").toLowerCase());
}

/** The rows of a chart of accounts in CSV with a header line. Refuses, all at once, what is wrong with its form; what the cells say is checked as for JSON. */
export function parseChartCsv(text: string): Result<ChartCsvRow[], ChartFault[]> {
  const records = csvRecords(text);
  if (!records.ok) return refuse([records.failure]);
  const [header, ...rest] = records.value;
  if (!header)
    return refuse([
      { row: 1, field: "", code: "csv_empty", message: "The file is empty. Its first line names the columns: code,name,type, …" },
    ]);
  const faults: ChartFault[] = [];
  const columns = header.fields.map(columnNamed);
  columns.forEach((column, i) => {
    const name = header.fields[i] ?? "";
    if (column === undefined) {
      faults.push({
        row: 1,
        field: name.slice(0, 100),
        code: "csv_column",
        message: `Unknown column ${name.slice(0, 100) || "without a name"}. Known are ${chartColumns.join(", ")}.`,
      });
    } else if (columns.indexOf(column) !== i) {
      faults.push({ row: 1, field: column, code: "csv_column", message: `The column ${column} is there twice.` });
    }
  });
  for (const column of requiredColumns) {
    if (!columns.includes(column)) faults.push({ row: 1, field: column, code: "csv_column", message: `The column ${column} is missing.` });
  }
  if (faults.length > 0) return refuse(faults);
  const rows = rest.map(({ line, fields }): ChartCsvRow => {
    if (fields.length !== columns.length) {
      faults.push({
        row: line,
        field: "",
        code: "csv_width",
        message: `The line has ${fields.length} fields where the header has ${columns.length}.`,
      });
    }
    const cells: Partial<Record<ChartColumn, string>> = {};
    columns.forEach((column, i) => {
      const cell = fields[i];
      if (column !== undefined && cell !== undefined && cell !== "") cells[column] = cell;
    });
    return { line, cells };
  });
  return faults.length > 0 ? refuse(faults) : ok(rows);
}
