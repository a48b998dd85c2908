import { type OperationContext, requirePermission } from "../../operation/context.ts";
import { countries } from "./domain/country.ts";

/** All countries of ISO 3166-1, whole: a picker needs them all. */
export function listCountries(context: OperationContext) {
  requirePermission(context, "read");
  const data = countries.map(({ alpha2, alpha3, numeric, name, currencies }) => ({ code: alpha2, alpha3, numeric, name, currencies }));
  return { data, totalCount: data.length, hasMore: false, nextCursor: null };
}
