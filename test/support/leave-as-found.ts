import { env } from "cloudflare:workers";
import { afterAll, vi } from "vitest";

// The files of a run share isolates: what one sets of the clock, of bindings or by a spy is undone before the next begins.
const bindings = { ...env };

afterAll(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  for (const name of Object.keys(env)) if (!Object.hasOwn(bindings, name)) Reflect.deleteProperty(env, name);
  Object.assign(env, bindings);
});
