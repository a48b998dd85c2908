/** Where a site's objects are stored. `null`: wherever the platform chooses. */
export const jurisdictions = ["eu", "us"] as const;
export type Jurisdiction = (typeof jurisdictions)[number];

/** Regions that the platform accepts as a wish for where an object is created: western and eastern North America, South America, and so on. */
export const regionHints = ["wnam", "enam", "sam", "weur", "eeur", "apac", "oc", "afr", "me"] as const;
export type RegionHint = (typeof regionHints)[number];

/** Fixed when a site is made: objects never move, and the jurisdiction is part of their identity. */
export interface Residency {
  readonly jurisdiction: Jurisdiction | null;
  readonly regionHint: RegionHint | null;
}
