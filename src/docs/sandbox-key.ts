import { z } from "zod";

/** The key of the local sandbox, which only the launcher of `npm start` hands out. */
const SandboxKey = z.object({
  key: z.string().startsWith("ch_test_"),
  siteId: z.string(),
  entityId: z.string().nullable(),
});
export type SandboxKey = z.infer<typeof SandboxKey>;

const loopback = /^(?:localhost|[\w-]+\.localhost|127\.0\.0\.1|\[::1\])$/;

/**
 * What the pages may be filled with: the launcher's sandbox key, asked of its service binding.
 * Nothing but in a loopback request: a page of another origin that has its own name resolve to this machine is told nothing.
 */
export async function readSandboxKey(env: object, url: URL): Promise<SandboxKey | undefined> {
  if (!loopback.test(url.hostname) || !("DOCS_SANDBOX" in env)) return undefined;
  // The binding is the launcher's alone, so that wrangler.toml, and the type made from it, do not have it.
  const launcher = env.DOCS_SANDBOX as Fetcher;
  const answer = await launcher.fetch("http://docs-sandbox/");
  return answer.status === 200 ? SandboxKey.parse(await answer.json()) : undefined;
}
