import { METHOD_NAME_ALL } from "hono/router";
import type { Router } from "./request-context.ts";
import type { Route } from "./route.ts";

/** What is asked of an app's routes before or after routing. */
export interface RouteTable {
  /** The methods that a path has routes for, those beside the API too. */
  readonly methodsOf: (path: string) => string[];
  /** Whether the route needs no key. No public route has a parameter. */
  readonly isPublic: (path: string, method: string) => boolean;
}

interface Pattern {
  readonly method: string;
  readonly path: RegExp;
}

/** The table of the routes of one app. `app` has all its routes by the time the first request comes. */
export function routeTable(app: Pick<Router, "routes">, routes: readonly Route[]): RouteTable {
  const open = new Set(
    routes
      .filter(({ definition }) => definition.permission === "public")
      .flatMap(({ definition: { method, path, alsoAt = [] } }) => [path, ...alsoAt].map((at) => `${method.toUpperCase()} /api/v1${at}`)),
  );
  let patterns: readonly Pattern[] | undefined;
  const compile = () =>
    app.routes
      .filter(({ method }) => method !== METHOD_NAME_ALL)
      .map(({ method, path }) => ({ method, path: new RegExp(`^${path.replace(/:\w+/g, "[^/]+").replace(/\*$/, ".*")}$`) }));
  return {
    methodsOf(path) {
      patterns ??= compile();
      return [...new Set(patterns.filter((pattern) => pattern.path.test(path)).map((pattern) => pattern.method))];
    },
    isPublic: (path, method) => open.has(`${method === "HEAD" ? "GET" : method} ${path}`),
  };
}
