/** Small facts about the tables themselves, as JSON by name. */
export function readMeta<T>(sql: SqlStorage, key: string): T | undefined {
  const row = sql.exec<{ value: string }>("SELECT value FROM meta WHERE key = ?", key).toArray()[0];
  // Written by writeMeta under the same key.
  return row === undefined ? undefined : (JSON.parse(row.value) as T);
}

export function writeMeta(sql: SqlStorage, key: string, value: unknown): void {
  sql.exec("INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", key, JSON.stringify(value));
}
