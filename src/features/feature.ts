import type { Tags } from "../http/document/tags.ts";
import type { OperatorRoute } from "../http/operator-route.ts";
import type { Router } from "../http/request-context.ts";
import type { Route } from "../http/route.ts";

/** What a feature hands to the app, the document and the jobs. Whatever it has not is left out. */
export interface Feature {
  /** Its folder. */
  readonly name: string;
  /** The groups of its operations in the document. */
  readonly tags?: Tags;
  readonly routes?: readonly Route[];
  readonly operatorRoutes?: readonly OperatorRoute[];
  /** What a standard puts beside the API, outside the document. */
  readonly registerBeside?: (router: Router) => void;
}
