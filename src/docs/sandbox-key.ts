import { z } from "zod";

/** The key of the local sandbox, which only the launcher of `npm start` gives out. */
const SandboxKey = z.object({
  key: z.string().startsWith("ch_test_"),
  siteId: z.string(),
  entityId: z.string().nullable(),
});
export type SandboxKey = z.infer<typeof SandboxKey>;

const loopback = /^(?:localhost|[\w-]+\.localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/;
/** The addresses of this machine to itself (RFC 1122 §3.2.1.3, RFC 4291 §2.5.3). */
const ownAddress = /^(?:127(?:\.\d{1,3}){3}|::1)$/;

/**
 * What the pages may be filled with: the launcher's sandbox key, asked of its service binding.
 * Nothing but in a loopback request: a page of another origin whose name resolves to this machine gets nothing.
 * The Host header is asked beside the URL, which the local runtime lets a request's own header overwrite. And the address, which the launcher's front says:
 * behind a proxy that is trusted, whoever asks may send any Host.
 */
export async function readSandboxKey(env: object, request: Request): Promise<SandboxKey | undefined> {
  const host = request.headers.get("Host") ?? "";
  const isFromHere = ownAddress.test(request.headers.get("CF-Connecting-IP") ?? "");
  if (!("DOCS_SANDBOX" in env) || !isFromHere || !loopback.test(host) || !loopback.test(new URL(request.url).host)) return undefined;
  // The binding is the launcher's alone, so that wrangler.toml, and the type made from it, do not have it.
  const launcher = env.DOCS_SANDBOX as Fetcher;
  const answer = await launcher.fetch("http://docs-sandbox/");
  return answer.status === 200 ? SandboxKey.parse(await answer.json()) : undefined;
}
