/** The floor: what the runtime itself costs. It parses the same body and inserts the same bytes as plain rows; no key, no rule, no balance. */
import { DurableObject } from "cloudflare:workers";

interface Env {
  readonly FLOOR: DurableObjectNamespace<FloorObject>;
}

export class FloorObject extends DurableObject<Env> {
  #sql: SqlStorage;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
    this.#sql.exec("CREATE TABLE IF NOT EXISTS entry (seq INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT");
  }

  insertOne(body: string): number {
    return this.#sql.exec("INSERT INTO entry (body) VALUES (?)", body).rowsWritten;
  }

  insertMany(body: string): number {
    return this.#sql.exec("INSERT INTO entry (body) SELECT value FROM json_each(?, '$.entries')", body).rowsWritten;
  }

  readOne(seq: number): string {
    return this.#sql.exec<{ body: string }>("SELECT body FROM entry WHERE seq = ?", seq).one().body;
  }

  count(): number {
    return this.#sql.exec<{ entries: number }>("SELECT count(*) AS entries FROM entry").one().entries;
  }
}

export default {
  async fetch(request, env) {
    const { pathname, searchParams } = new URL(request.url);
    const object = env.FLOOR.getByName(searchParams.get("object") ?? "");
    if (request.method === "GET") {
      if (pathname === "/count") return Response.json({ entries: await object.count() });
      return answer(200, await object.readOne(Number(searchParams.get("seq"))));
    }
    const text = await request.text();
    const body: { readonly entries?: readonly unknown[] } = JSON.parse(text);
    const rows = body.entries === undefined ? await object.insertOne(text) : await object.insertMany(text);
    return answer(201, `{"rows":${rows}}`);
  },
} satisfies ExportedHandler<Env>;

function answer(status: number, body: string): Response {
  return new Response(body, { status, headers: { "content-type": "application/json" } });
}
