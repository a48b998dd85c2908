import { feature as accounts } from "./accounts/index.ts";
import { feature as balances } from "./balances/index.ts";
import { feature as deadLetters } from "./dead-letters/index.ts";
import { feature as entities } from "./entities/index.ts";
import type { Feature } from "./feature.ts";
import { feature as firms } from "./firms/index.ts";
import { feature as holds } from "./holds/index.ts";
import { feature as jobs } from "./jobs/index.ts";
import { feature as journal } from "./journal/index.ts";
import { feature as keys } from "./keys/index.ts";
import { feature as ledgers } from "./ledgers/index.ts";
import { feature as metadata } from "./metadata/index.ts";
import { feature as periods } from "./periods/index.ts";
import { feature as reports } from "./reports/index.ts";
import { feature as sandbox } from "./sandbox/index.ts";
import { feature as siteMoves } from "./site-moves/index.ts";
import { feature as sites } from "./sites/index.ts";
import { feature as users } from "./users/index.ts";

/** Every feature, the lowest first: each imports those that stand before it, and none that comes after. */
export const featuresInOrder: readonly Feature[] = [
  sites,
  users,
  keys,
  firms,
  siteMoves,
  deadLetters,
  metadata,
  jobs,
  ledgers,
  accounts,
  entities,
  periods,
  journal,
  holds,
  balances,
  reports,
  sandbox,
];
