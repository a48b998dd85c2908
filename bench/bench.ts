import type { Figure } from "./figure.ts";
import type { OwnWorker } from "./own-worker.ts";
import type { FrontedProduct, Product } from "./product.ts";

/** What rows measure with. Each server is started by the first row that asks for it. */
export interface Bench {
  readonly product: () => Promise<Product>;
  /** The product in a process of its own. */
  readonly fronted: () => Promise<FrontedProduct>;
  readonly floor: () => Promise<OwnWorker>;
  /** The ledger's object alone, behind bench-worker.ts. */
  readonly objects: () => Promise<OwnWorker>;
}

/** Rows of the table that are measured together, because what one needs is there for the other. */
export interface Rows {
  /** The figures' names: `--only` looks into them. */
  readonly names: readonly string[];
  /** What takes time to settle before a clock may start: companies and their accounts. */
  readonly prepare?: (bench: Bench) => Promise<void>;
  readonly measure: (bench: Bench) => Promise<readonly Figure[]>;
}
