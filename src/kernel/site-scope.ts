import type { Residency } from "./region.ts";

/** The site that a token opens, as its lease knows it. */
export interface SiteScope extends Residency {
  readonly id: string;
  readonly firmId: string;
  readonly environment: "live" | "sandbox";
  /** The D1 binding the site lives on. */
  readonly database: string;
  /** +1 with each move to another database, which accepts writes of this epoch alone. */
  readonly epoch: number;
  /** Of the site's row: of two scopes, the later one. */
  readonly revision: number;
  /** Origins that a browser may call from. */
  readonly origins: readonly string[];
}
