import type { Result, Router } from "hono/router";
import { TrieRouter } from "hono/router/trie-router";
import { ownText } from "../platform/own-text.ts";
import { cachedPathLengthMax } from "./aliases.ts";

/** Paths cached of a method; a flood of others empties them at once. */
const matchesMax = 4_000;

/**
 * Hono's trie, whose searches are cached by method and path: a client requests few paths over and over, and a search costs a tenth of a posting.
 * Hono's faster router accepts no static path beside a parameter (`/journal-entries/batch`, `/journal-entries/{id}/void`).
 * Only what matched a route, as `isRoute` says of its handlers, is cached, and only short paths: all else is whatever a client sends.
 */
export class CachedRouter<T> implements Router<T> {
  readonly name = "CachedRouter";
  readonly #trie = new TrieRouter<T>();
  readonly #matches = new Map<string, Map<string, Result<T>>>();
  readonly #isRoute: (handler: T) => boolean;

  constructor(isRoute: (handler: T) => boolean) {
    this.#isRoute = isRoute;
  }

  add(method: string, path: string, handler: T): void {
    this.#matches.clear();
    this.#trie.add(method, path, handler);
  }

  match(method: string, path: string): Result<T> {
    // By method first: a path that is the same text again is found without hashing it.
    const known = this.#matches.get(method)?.get(path);
    if (known !== undefined) return known;
    const found = this.#trie.match(method, path);
    if (path.length > cachedPathLengthMax || !found[0].some(([handler]) => this.#isRoute(handler))) return found;
    // Its parameters are cut out of the path, and the path out of a URL with a query of any length.
    const own = ownText(path);
    const stored = this.#trie.match(method, own);
    const ofMethod = this.#matches.get(method) ?? new Map<string, Result<T>>();
    this.#matches.set(method, ofMethod);
    if (ofMethod.size >= matchesMax) ofMethod.clear();
    ofMethod.set(own, stored);
    return stored;
  }
}
