import type { OperatorRoute } from "../http/operator-route.ts";
import type { Router } from "../http/request-context.ts";
import type { Route } from "../http/route.ts";

/** A group of operations in the document. */
export interface Tag {
  readonly description: string;
  /** The part of the document that shows them: `?service=`. */
  readonly service: "ledger" | "events" | "balances" | "books" | "standards";
  /** They work on one entity's books, and are shown below the company. */
  readonly underCompany?: boolean;
}

/** What a feature hands to the app, the document and the jobs. Whatever it has not is left out. */
export interface Feature {
  /** Its folder. */
  readonly name: string;
  readonly tags?: Readonly<Record<string, Tag>>;
  readonly routes?: readonly Route[];
  readonly operatorRoutes?: readonly OperatorRoute[];
  /** What a standard puts beside the API, outside the document. */
  readonly registerBeside?: (router: Router) => void;
}
