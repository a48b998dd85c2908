/** A statement that reads and nothing else; whatever is not plainly one counts as a write. */
const reads = /^\s*(?:SELECT|VALUES|PRAGMA|EXPLAIN)\b/i;

/**
 * A session in which no statement writes but behind a guard in the same transaction, whoever prepares it. Reads go as they are, with nothing around them.
 * `guard` makes the statement that breaks the batch of a writer who is shut out.
 */
export function guardedSession(session: D1DatabaseSession, guard: () => D1PreparedStatement): D1DatabaseSession {
  const written = new WeakMap<D1PreparedStatement, D1PreparedStatement>();

  async function runGuarded<T>(statements: readonly D1PreparedStatement[]): Promise<D1Result<T>[]> {
    const [, ...results] = await session.batch<T>([guard(), ...statements]);
    return results;
  }

  function guarded(statement: D1PreparedStatement): D1PreparedStatement {
    const run = async <T>(): Promise<D1Result<T>> => {
      const [result] = await runGuarded<T>([statement]);
      if (result === undefined) throw new Error("assertion failed: a batch answers each statement");
      return result;
    };
    const wrapped = {
      bind: (...values: unknown[]) => guarded(statement.bind(...values)),
      run,
      all: run,
      async first(column?: string) {
        const row = (await run<Record<string, unknown>>()).results[0];
        return row === undefined ? null : column === undefined ? row : row[column];
      },
      // What a write returns is of its own table, whose columns have one name each.
      raw: async () => (await run<Record<string, unknown>>()).results.map((row) => Object.values(row)),
      // The class is declared with overloads that no literal can have; drizzle and the stores call it in these ways.
    } as unknown as D1PreparedStatement;
    written.set(wrapped, statement);
    return wrapped;
  }

  return {
    prepare(sql) {
      const statement = session.prepare(sql);
      return reads.test(sql) ? statement : guarded(statement);
    },
    batch<T>(statements: D1PreparedStatement[]) {
      const plain = statements.map((statement) => written.get(statement) ?? statement);
      return statements.some((statement) => written.has(statement)) ? runGuarded<T>(plain) : session.batch<T>(plain);
    },
    getBookmark: () => session.getBookmark(),
  };
}
