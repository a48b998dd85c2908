import { type DrizzleD1Database, drizzle } from "drizzle-orm/d1";
import type { SiteScope } from "../kernel/site-scope.ts";
import { guardedSession } from "./guarded-session.ts";
import { requireOpen } from "./site-fence.ts";

/** A site's database as one request sees it: reads follow its own writes, and those of the bookmark it came with. */
export interface SiteDatabase {
  /** The first column of every key: no query of a store goes without it. */
  readonly siteId: string;
  readonly orm: DrizzleD1Database;
  /** The session below, for what drizzle does not say. */
  readonly session: D1DatabaseSession;
  /** How far this request has seen; sent back by the caller, the next request sees at least as much. */
  readonly bookmark: () => string | null;
}

/** A bookmark as it is given out: behind the epoch of the site, because another database has seen nothing of it. */
const bookmarkPattern = /^(\d{1,9})-([0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{32})$/;

/** The platform's bookmark inside; undefined for what is none, or is of a database that the site has left. */
function readBookmark(given: string | undefined, epoch: number): string | undefined {
  const [, issuedIn, bookmark] = bookmarkPattern.exec(given ?? "") ?? [];
  return Number(issuedIn) === epoch ? bookmark : undefined;
}

/** Drizzle over a session: the driver uses `prepare` and `batch` only, which a session has, though its type asks for a whole database. */
export function drizzleOver(session: D1DatabaseSession): DrizzleD1Database {
  return drizzle(session as unknown as D1Database);
}

/** The only way from a site to the database it lives on. What is written through it is written there as long as the site lives there, and not a moment longer. */
export function siteDatabase(env: Cloudflare.Env, site: Pick<SiteScope, "id" | "database" | "epoch">, bookmark?: string): SiteDatabase {
  const { id: siteId, epoch } = site;
  const plain = openDatabase(env, site.database, readBookmark(bookmark, epoch));
  const session = guardedSession(plain, () => requireOpen(plain, { siteId, epoch }));
  const seen = () => {
    const mark = plain.getBookmark();
    return mark === null ? null : `${epoch}-${mark}`;
  };
  return { siteId, orm: drizzleOver(session), session, bookmark: seen };
}

const bindingPattern = /^SITE_DB_\d+$/;

/** The D1 bindings that sites live on, by name. */
export function siteDatabaseNames(env: object): string[] {
  return Object.keys(env)
    .filter((name) => bindingPattern.test(name))
    .sort();
}

/** A session of the database behind a binding: from the primary, or from where a bookmark says. */
export function openDatabase(env: Cloudflare.Env, name: string, bookmark = "first-primary"): D1DatabaseSession {
  return bindingOf(env, name).withSession(bookmark);
}

function bindingOf(env: Cloudflare.Env, name: string): D1Database {
  // Bindings are static, and their names are in the directory: the pattern excludes any other binding.
  const binding = bindingPattern.test(name) ? (env as unknown as Record<string, D1Database | undefined>)[name] : undefined;
  if (!binding) throw new Error(`There is no binding ${name} for the site's database.`);
  return binding;
}
