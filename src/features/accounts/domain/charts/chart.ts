import type { AccountType } from "../../../../kernel/account-type.ts";
import type { AccountRole } from "../account-role.ts";

/** An account of a built-in chart. Contra accounts have their class's type and a negative balance. */
export interface ChartAccount {
  readonly code: string;
  readonly name: string;
  readonly type: AccountType;
  readonly subtype: string;
  readonly parentCode: string | null;
  readonly role: AccountRole | null;
  readonly description: string | null;
}

type Row = readonly [
  code: string,
  name: string,
  subtype: string,
  more?: { readonly under?: string; readonly role?: AccountRole; readonly note?: string },
];

/** The rows of one type, as a chart lists them. */
export function accountsOf(type: AccountType, rows: readonly Row[]): ChartAccount[] {
  return rows.map(([code, name, subtype, more = {}]) => ({
    code,
    name,
    type,
    subtype,
    parentCode: more.under ?? null,
    role: more.role ?? null,
    description: more.note ?? null,
  }));
}
