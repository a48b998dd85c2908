import type { ChartAccount } from "./chart.ts";
import { ifrsServices } from "./ifrs-services.ts";
import { usSmallBusiness } from "./us-small-business.ts";
import { walletPlatform } from "./wallet-platform.ts";

/** The charts of accounts that an entity can be set up with. */
export const builtInCharts = {
  "us-small-business": usSmallBusiness,
  "ifrs-services": ifrsServices,
  "wallet-platform": walletPlatform,
} as const satisfies Record<string, readonly ChartAccount[]>;
export type ChartName = keyof typeof builtInCharts;
export const chartNames = Object.keys(builtInCharts) as [ChartName, ...ChartName[]];
