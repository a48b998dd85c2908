import { stringify } from "csv-stringify/sync";

export interface CsvFile {
  /** Of the characters that a file name of every system may have: it goes into the header as it is. */
  readonly name: string;
  readonly table: {
    readonly columns: readonly string[];
    readonly rows: readonly (readonly (string | number | bigint | boolean | null)[])[];
  };
}

/** The library looks at the first character alone, where a spreadsheet passes over spaces and what is not seen. */
const hiddenFormula = /^[\s\p{Cf}]+[=+\-@＝＋－＠]/u;

/**
 * A table as CSV (RFC 4180), in UTF-8, with a header. A text that a spreadsheet would read as a formula gets an apostrophe before it
 * (CWE-1236); numbers stay as they are, negative ones too.
 */
export function csvText({ columns, rows }: CsvFile["table"]): string {
  return stringify([columns, ...rows], {
    record_delimiter: "windows",
    escape_formulas: true,
    // The library quotes a text with its own line end; a bare CR or LF breaks a record too.
    quoted_match: /[\r\n]/,
    cast: { boolean: String, string: (text) => (hiddenFormula.test(text) ? `'${text}` : text) },
  });
}
