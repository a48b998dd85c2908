import { type DrizzleD1Database, drizzle } from "drizzle-orm/d1";
import type { SiteScope } from "../platform/context.ts";

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

const bookmarkPattern = /^[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{32}$/;

/** A session of a D1 database: from the primary, or from where the caller's bookmark says. What is no bookmark is left aside. */
function openSession(database: D1Database, bookmark: string | undefined): D1DatabaseSession {
  return database.withSession(bookmark !== undefined && bookmarkPattern.test(bookmark) ? bookmark : "first-primary");
}

/** Drizzle over a session: the driver uses `prepare` and `batch` only, which a session has, though its type asks for a whole database. */
export function drizzleOver(session: D1DatabaseSession): DrizzleD1Database {
  return drizzle(session as unknown as D1Database);
}

/** The only way from a site to the database it lives on. */
export function siteDatabase(env: Cloudflare.Env, site: Pick<SiteScope, "id" | "database">, bookmark?: string): SiteDatabase {
  const session = openDatabase(env, site.database, bookmark);
  return { siteId: site.id, orm: drizzleOver(session), session, bookmark: () => session.getBookmark() };
}

const bindingPattern = /^SITE_DB_\d+$/;

/** The D1 bindings that sites live on, by name. */
export function siteDatabaseNames(env: object): string[] {
  return Object.keys(env)
    .filter((name) => bindingPattern.test(name))
    .sort();
}

/** A session of the database behind a binding. */
export function openDatabase(env: Cloudflare.Env, name: string, bookmark?: string): D1DatabaseSession {
  return openSession(bindingOf(env, name), bookmark);
}

function bindingOf(env: Cloudflare.Env, name: string): D1Database {
  // Bindings are static, and their names are in the directory: the pattern keeps any other binding out.
  const binding = bindingPattern.test(name) ? (env as unknown as Record<string, D1Database | undefined>)[name] : undefined;
  if (!binding) throw new Error(`There is no binding ${name} for the site's database.`);
  return binding;
}
