import { currencyOf } from "../../../kernel/currency.ts";
import { countryTable } from "./country-table.ts";

/** A country of ISO 3166-1. */
export interface Country {
  readonly alpha2: string;
  readonly alpha3: string;
  readonly numeric: string;
  readonly name: string;
  /** ISO 4217 codes in use there, funds codes included. Empty where the standard knows no universal currency. */
  readonly currencies: readonly string[];
}

export const countries: readonly Country[] = countryTable.map(([alpha2, alpha3, numeric, name, currencies]) => ({
  alpha2,
  alpha3,
  numeric,
  name,
  currencies: currencies.filter((code) => currencyOf(code)?.withdrawn === null),
}));

const codes = new Set(countries.map((country) => country.alpha2));

/** Whether the text is an alpha-2 code of ISO 3166-1. */
export function isCountry(alpha2: string): boolean {
  return codes.has(alpha2);
}
