/** A report as a spreadsheet has it: a header, and rows of as many cells. Texts are texts, whatever they begin with; figures are whole numbers of minor units. */
export interface ReportTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly TableCell[])[];
}

export type TableCell = string | number | bigint | boolean | null;
