import { describe, expect, test } from "vitest";
import { placeOf } from "../../src/features/sites/domain/placing.ts";
import type { Jurisdiction } from "../../src/kernel/region.ts";

const names = ["SITE_DB_0", "SITE_DB_1", "SITE_DB_2"];
const setting = (name: string, takesNewSites: boolean, jurisdiction: Jurisdiction | null = null) => ({ name, takesNewSites, jurisdiction });
const place = (
  jurisdiction: Jurisdiction | null,
  counts: Readonly<Record<string, number>>,
  ...settings: readonly ReturnType<typeof setting>[]
) => placeOf({ jurisdiction }, names, settings, new Map(Object.entries(counts)));

describe("a new site goes", () => {
  test("to the database with the fewest sites, the first of several", () => {
    expect(place(null, {})).toBe("SITE_DB_0");
    expect(place(null, { SITE_DB_0: 1 })).toBe("SITE_DB_1");
    expect(place(null, { SITE_DB_0: 3, SITE_DB_1: 2, SITE_DB_2: 2 })).toBe("SITE_DB_1");
  });

  test("to none that takes no new ones: a large site lives there alone", () => {
    expect(place(null, { SITE_DB_0: 5, SITE_DB_1: 5, SITE_DB_2: 1 }, setting("SITE_DB_2", false))).toBe("SITE_DB_0");
    expect(place(null, {}, ...names.map((name) => setting(name, false)))).toBeUndefined();
    expect(placeOf({ jurisdiction: null }, [], [], new Map())).toBeUndefined();
  });

  test("to none that is kept for another jurisdiction, and to one of its own where there is one", () => {
    const eu = setting("SITE_DB_1", true, "eu");
    expect(place("eu", { SITE_DB_1: 9 }, eu)).toBe("SITE_DB_1");
    expect(place("us", { SITE_DB_0: 2, SITE_DB_2: 1 }, eu)).toBe("SITE_DB_2");
    expect(place(null, { SITE_DB_0: 1, SITE_DB_2: 1 }, eu)).toBe("SITE_DB_0");
    expect(place("eu", { SITE_DB_0: 1, SITE_DB_2: 0 }, setting("SITE_DB_1", false, "eu"))).toBe("SITE_DB_2");
  });
});
