/** The paths under which one route answers: prefixes of services, of a site and of a company are scopes, not routes of their own. */
import { ownText } from "../platform/own-text.ts";

export interface CanonicalPath {
  readonly path: string;
  readonly siteId: string | undefined;
  readonly entityId: string | undefined;
}

const base = "/api/v1";
const service = /^\/v2\/(?:ledger|event-service|balances)(?=\/)/;
const siteScope = /^\/sites\/([^/]+)(\/.+)$/;
const companyScope = /^\/companies\/([^/]+)(\/.+)$/;
/** What is said about a site itself, and so is no scope. */
const ofTheSite = /^\/sites\/[^/]+\/(?:reset)$/;

/** Longer than any path of a route with all its prefixes and ids. What is longer is never cached: its sender chose its length. */
export const cachedPathLengthMax = 256;
/** Paths cached with their meaning; a flood of others empties them at once. */
const knownMax = 4_000;
const known = new Map<string, CanonicalPath>();

/** The route's own path, and what the prefixes name. Cached where `isRouted` says that the path has a route. */
export function canonicalPath(path: string, isRouted: (path: string) => boolean = () => false): CanonicalPath {
  const cached = known.get(path);
  if (cached !== undefined) return cached;
  const canonical = readPath(path);
  if (path.length > cachedPathLengthMax || !isRouted(canonical.path)) return canonical;
  const own = ownText(path);
  const ownCanonical = readPath(own);
  if (known.size >= knownMax) known.clear();
  known.set(own, ownCanonical);
  return ownCanonical;
}

function readPath(path: string): CanonicalPath {
  const stripped = path.replace(service, "");
  const unprefixed = stripped !== path && stripped === "/health" ? path : stripped;
  if (!unprefixed.startsWith(`${base}/`)) return { path: unprefixed, siteId: undefined, entityId: undefined };
  let rest = unprefixed.slice(base.length);
  let siteId: string | undefined;
  let entityId: string | undefined;
  const site = ofTheSite.test(rest) ? null : siteScope.exec(rest);
  if (site?.[1] && site[2]) {
    siteId = site[1].toLowerCase();
    rest = site[2];
  }
  const company = companyScope.exec(rest);
  if (company?.[1] && company[2]) {
    entityId = company[1].toLowerCase();
    rest = company[2];
  }
  return { path: base + rest, siteId, entityId };
}

/** The path of a URL, cut out of its text: this runs on every request before anything else. */
export function pathOf(request: Request): string {
  const url = request.url;
  const start = url.indexOf("/", url.indexOf("://") + 3);
  const end = url.search(/[?#]/);
  return decodePath(url.slice(start === -1 ? url.length : start, end === -1 ? undefined : end)) || "/";
}

function decodePath(path: string): string {
  if (!path.includes("%")) return path;
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}
