/** The ledger's object alone, behind a Worker that does nothing but pass on: what happens inside is counted and timed without the edge. */
import type { Writable } from "../src/kernel/writable.ts";
import { type EncodedCommands, encodeCommands } from "../src/ledger/command-columns.ts";
import { LedgerObject } from "../src/ledger/object/ledger-object.ts";
import type { Command, Query, WriteOptions } from "../src/ledger/rpc.ts";
import { accountCode, commandOf, type EntryShape, entrySource, shapes } from "./bodies.ts";

interface Env {
  readonly LEDGER: DurableObjectNamespace<MeasuredLedger>;
}

/** The product's own object, with a count of the rows that it is billed for. */
export class MeasuredLedger extends LedgerObject {
  #rows: { written: number };

  constructor(ctx: DurableObjectState, env: ConstructorParameters<typeof LedgerObject>[1]) {
    const rows = { written: 0 };
    countRows(ctx.storage, rows);
    super(ctx, env);
    this.#rows = rows;
  }

  /** Rows written since it was last asked. */
  takeRowsWritten(): number {
    const { written } = this.#rows;
    this.#rows.written = 0;
    return written;
  }

  /** What the alarm does, now. */
  async settle(): Promise<void> {
    await this.alarm();
  }

  /** Asks the queries in turn, so many in all, and answers how much was answered. */
  async readOften(queries: readonly Query[], times: number): Promise<number> {
    let length = 0;
    for (let i = 0; i < times; i++) {
      const query = queries[i % queries.length];
      const outcome = query && (await this.read(query));
      if (outcome?.ok !== true) throw new Error(`A query of the bench was refused: ${JSON.stringify({ query, outcome })}`);
      length += outcome.body.length;
    }
    return length;
  }

  /** Drops the object from memory. Whoever calls this gets an error. */
  evict(): void {
    this.ctx.abort("evicted by the bench");
  }
}

/** Counts what the platform bills: rows written by statements, and one for each alarm that is set. */
function countRows(storage: DurableObjectStorage, rows: { written: number }): void {
  const { sql } = storage;
  const exec = sql.exec.bind(sql);
  const setAlarm = storage.setAlarm.bind(storage);
  Object.defineProperty(sql, "exec", {
    value: (...query: Parameters<typeof exec>) => {
      const cursor = exec(...query);
      // A statement that writes has done so by now: none of the ledger's returns rows.
      rows.written += cursor.rowsWritten;
      return cursor;
    },
  });
  Object.defineProperty(storage, "setAlarm", {
    value: (...alarm: Parameters<typeof setAlarm>) => {
      rows.written += 1;
      return setAlarm(...alarm);
    },
  });
}

const clock = Date.now;

export default {
  async fetch(request, env) {
    const { pathname, searchParams } = new URL(request.url);
    const named = (name: string) => searchParams.get(name) ?? "";
    const ledger = env.LEDGER.getByName(named("ledger"));
    const options: Writable<Omit<WriteOptions, "answer">> = {
      mode: "atomic",
      actor: { kind: "service", id: "bench", role: "OWNER" },
      requestId: "req_bench",
    };
    const write = async (commands: EncodedCommands, answer: WriteOptions["answer"]) => {
      const outcome = await ledger.write(commands, { ...options, answer, idempotencyKey: crypto.randomUUID(), fingerprint: "bench" });
      if (outcome.outcome !== "written") throw new Error(`A write of the bench was not made: ${JSON.stringify(outcome)}`);
      return outcome.body;
    };
    switch (pathname) {
      case "/open": {
        const id = crypto.randomUUID();
        await ledger.open({ number: Number(named("number")), ledgerId: id, siteId: id, entityId: id, currency: "USD", scale: 2 });
        const opened = Array.from({ length: Number(named("accounts")) }, (_, no) => openAccount(no));
        const answered = JSON.parse(await write(encodeCommands(opened), "many"));
        await ledger.settle();
        await ledger.takeRowsWritten();
        return Response.json(answered.data.map((account: { readonly id: string }) => account.id));
      }
      case "/write":
        return new Response(await write(encodeCommands(await request.json<Command[]>()), "minimal"), { status: 201 });
      // So many entries, generated here, in writes of `batch`; single ones 16 at a time.
      case "/fill": {
        const shape: EntryShape = shapes[named("shape") as keyof typeof shapes];
        const next = entrySource(shape, Number(named("seed")));
        const batch = Number(named("batch"));
        const commands = () => encodeCommands(Array.from({ length: batch }, () => commandOf(next(), shape.unposted ?? "post_entry")));
        if (shape.unposted === "post_entry") options.actor = { kind: "agent", id: "bench-agent", role: "PREPARER" };
        for (let left = Number(named("entries")); left > 0; ) {
          const writes = Math.min(batch === 1 ? 16 : 1, Math.ceil(left / batch));
          await Promise.all(Array.from({ length: writes }, () => write(commands(), batch === 1 ? "one" : "minimal")));
          left -= writes * batch;
        }
        return new Response(null, { status: 204 });
      }
      case "/settle":
        await ledger.settle();
        return new Response(null, { status: 204 });
      case "/rows-written":
        return Response.json(await ledger.takeRowsWritten());
      case "/read":
        return Response.json(await ledger.readOften(await request.json(), Number(named("times"))));
      case "/evict":
        await ledger.evict().catch(() => undefined);
        return new Response(null, { status: 204 });
      // By so many hours, for all ledgers: idempotency keys grow old.
      case "/move-clock": {
        const hours = Number(named("hours"));
        Date.now = () => clock() + hours * 3_600_000;
        return new Response(null, { status: 204 });
      }
      default:
        return new Response(null, { status: 404 });
    }
  },
} satisfies ExportedHandler<Env>;

function openAccount(no: number): Command {
  const description = { name: `Account ${no}`, description: null, subtype: null, parentId: null, role: null, stableKey: null };
  return { kind: "open_account", code: accountCode(no), type: "bank", description };
}
