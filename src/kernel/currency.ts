import { currencyTable } from "./currency-table.ts";
import { type Failure, failure } from "./failures.ts";
import { ok, type Result, refuse } from "./result.ts";

/** A currency of ISO 4217. */
export interface Currency {
  readonly code: string;
  readonly numeric: string;
  readonly name: string;
  /** Digits after the decimal point; null where the standard gives none (gold, testing codes, withdrawn currencies). */
  readonly minorUnit: number | null;
  /** Year, or year and month, since which it is out of use. */
  readonly withdrawn: string | null;
  /** The countries and bodies that use it, or used it last, as the standard names them. */
  readonly entities: readonly string[];
}

export const currencies: readonly Currency[] = currencyTable.map(([code, numeric, name, minorUnit, withdrawn, entities]) => ({
  code,
  numeric,
  name,
  minorUnit,
  withdrawn,
  entities,
}));

const byCode = new Map(currencies.map((currency) => [currency.code, currency]));

/** Digits of the smallest unit of a declared asset: satoshi have 8. Finer ones would leave too few whole units under 2^53. */
export const scaleMax = 8;
/** What a currency or asset may be called. */
const currencyCodePattern = /^[A-Z][A-Z0-9]{2,11}$/;

export function currencyOf(code: string): Currency | undefined {
  return byCode.get(code);
}

/**
 * The decimal places of the code's minor unit: the ISO 4217 exponent, or `declared` (0 to 8) for an asset that has none there.
 * Refuses `CURRENCY_UNSUPPORTED`: a code that is unknown, withdrawn or without a minor unit and comes with no declared scale,
 * one that is not of the form of a code, and a declared scale that contradicts the standard.
 */
export function scaleOf(code: string, declared?: number): Result<number, Failure> {
  const currency = byCode.get(code);
  if (currency && currency.withdrawn === null && currency.minorUnit !== null) {
    if (declared === undefined || declared === currency.minorUnit) return ok(currency.minorUnit);
    return unsupported("/scale", `${code} has ${currency.minorUnit} decimal places in ISO 4217, not ${declared}. Leave scale out.`);
  }
  if (!currencyCodePattern.test(code)) {
    return unsupported(
      "/currency",
      "A currency is a code of ISO 4217, or the code of an asset: a capital letter, then 2 to 11 capital letters or digits.",
    );
  }
  if (declared !== undefined) {
    if (Number.isInteger(declared) && declared >= 0 && declared <= scaleMax) return ok(declared);
    return unsupported("/scale", `The scale of an asset is a whole number from 0 to ${scaleMax}.`);
  }
  if (!currency)
    return unsupported(
      "/currency",
      `${code} is not in ISO 4217. Declare it as an asset with a scale from 0 to ${scaleMax}, or use a code of GET /metadata/currencies.`,
    );
  if (currency.withdrawn !== null) return unsupported("/currency", `${code} (${currency.name}) was withdrawn in ${currency.withdrawn}.`);
  return unsupported("/currency", `${code} (${currency.name}) has no minor unit in ISO 4217. Declare its scale, from 0 to ${scaleMax}.`);
}

function unsupported(pointer: string, message: string): Result<never, Failure> {
  return refuse(failure("CURRENCY_UNSUPPORTED", message, [{ pointer, code: "currency_unsupported", message }]));
}
