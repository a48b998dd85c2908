import { describe, expect, test } from "vitest";
import type { Jurisdiction, RegionHint } from "../../src/kernel/region.ts";
import { objectOf } from "../../src/platform/objects.ts";

/** What the platform is asked for: no runtime on one's own machine knows jurisdictions or regions. */
function platform(jurisdictionOf: (jurisdiction: string) => void = () => {}) {
  const asked: string[] = [];
  const namespace = (within: string): object => ({
    jurisdiction(jurisdiction: string) {
      jurisdictionOf(jurisdiction);
      return namespace(`${jurisdiction}:`);
    },
    idFromName: (name: string) => `${within}${name}`,
    get: (id: string, options?: { readonly locationHint: string }) => void asked.push(options ? `${id} in ${options.locationHint}` : id),
  });
  const ask = (jurisdiction: Jurisdiction | null, regionHint: RegionHint | null) =>
    objectOf(namespace("") as DurableObjectNamespace<undefined>, { jurisdiction, regionHint }, "token");
  return { ask, asked };
}

describe("an object of a site is asked for", () => {
  test("in the site's jurisdiction, near the site's region", () => {
    const { ask, asked } = platform();
    ask(null, null);
    ask("eu", null);
    ask(null, "apac");
    ask("us", "enam");
    expect(asked).toEqual(["token", "eu:token", "token in apac", "us:token in enam"]);
  });

  test("under another name where the runtime says that it knows no jurisdictions, and nowhere where anything else is wrong", () => {
    const local = platform(() => {
      throw new Error("Jurisdiction restrictions are not implemented in workerd.");
    });
    local.ask("eu", "weur");
    local.ask(null, null);
    expect(local.asked).toEqual(["eu token in weur", "token"]);
    const failing = platform(() => {
      throw new Error("The jurisdiction is not available to this account.");
    });
    expect(() => failing.ask("eu", null)).toThrow("not available");
    expect(failing.asked).toEqual([]);
  });
});
