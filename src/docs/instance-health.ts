export interface InstancePart {
  readonly name: string;
  /** How long it took to answer; undefined where it did not. */
  readonly answersMs: number | undefined;
}

/** Asks every database of the instance for an answer. No table is read. */
export async function checkInstance(env: Cloudflare.Env): Promise<readonly InstancePart[]> {
  const databases = Object.entries(env).flatMap(([binding, value]) => {
    const name = databaseName(binding);
    // The bindings of these names are databases by the convention of wrangler.toml, which their type cannot say.
    return name === undefined ? [] : [checkDatabase(name, value as D1Database)];
  });
  return Promise.all(databases);
}

function databaseName(binding: string): string | undefined {
  if (binding === "DIRECTORY") return "Directory";
  const number = /^SITE_DB_(\d+)$/.exec(binding)?.[1];
  return number === undefined ? undefined : `Site database ${number}`;
}

async function checkDatabase(name: string, database: D1Database): Promise<InstancePart> {
  const start = Date.now();
  const answered = await database
    .prepare("SELECT 1")
    .first()
    .then(
      () => true,
      () => false,
    );
  return { name, answersMs: answered ? Date.now() - start : undefined };
}
