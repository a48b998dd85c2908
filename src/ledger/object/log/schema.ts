/** The tables of a ledger's object. The journal is the ledger; every other table can be rebuilt from it. */

/** A release that finds a newer schema than this writes nothing (`LEDGER_NEWER`). */
const schemaVersion = 5;

/** A query: the ids of the accounts that have others directly below them, each with how many. */
export const childCounts = `SELECT description ->> '$.parentId' AS parent, count(*) AS n FROM account WHERE status <> 'deleted' GROUP BY 1 HAVING parent IS NOT NULL`;

/** Keys of one bucket are dropped together after 24 hours: 8 hours each, four alive and one on its way out. */
export const idempotencyBuckets = 5;

const migrations: readonly (readonly string[])[] = [
  [
    `CREATE TABLE journal (
       seq INTEGER PRIMARY KEY,
       commit_seq INTEGER NOT NULL,
       version INTEGER NOT NULL,
       body TEXT NOT NULL,
       context TEXT,
       seal TEXT
     ) STRICT`,
    `CREATE TRIGGER journal_is_never_updated BEFORE UPDATE ON journal BEGIN SELECT raise(ABORT, 'the journal is append-only'); END`,
    `CREATE TRIGGER journal_is_never_deleted BEFORE DELETE ON journal BEGIN SELECT raise(ABORT, 'the journal is append-only'); END`,
    `CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID`,
    // Written with their facts.
    `CREATE TABLE account (
       no INTEGER PRIMARY KEY,
       id TEXT NOT NULL,
       code TEXT NOT NULL,
       external_id TEXT,
       type TEXT NOT NULL,
       description TEXT NOT NULL,
       min_balance INTEGER,
       max_balance INTEGER,
       status TEXT NOT NULL,
       created_at INTEGER NOT NULL,
       revision INTEGER NOT NULL,
       former_codes TEXT NOT NULL,
       role TEXT GENERATED ALWAYS AS (description ->> '$.role') VIRTUAL
     ) STRICT`,
    `CREATE UNIQUE INDEX account_code ON account (code) WHERE status <> 'deleted'`,
    `CREATE UNIQUE INDEX account_external_id ON account (external_id) WHERE status <> 'deleted' AND external_id IS NOT NULL`,
    `CREATE UNIQUE INDEX account_role ON account (role) WHERE status <> 'deleted' AND role IS NOT NULL`,
    `CREATE INDEX account_revision ON account (revision)`,
    `CREATE TABLE reversal (original INTEGER PRIMARY KEY, reversal INTEGER NOT NULL, void INTEGER NOT NULL) STRICT`,
    `CREATE TABLE posting_reference (entry INTEGER NOT NULL, seq INTEGER NOT NULL, reference TEXT NOT NULL, PRIMARY KEY (entry, seq)) STRICT, WITHOUT ROWID`,
    `CREATE TABLE verification (id TEXT PRIMARY KEY, state TEXT NOT NULL) STRICT, WITHOUT ROWID`,
    `CREATE TABLE verification_account (account INTEGER PRIMARY KEY, balance INTEGER NOT NULL, debits TEXT NOT NULL, credits TEXT NOT NULL, version INTEGER NOT NULL) STRICT`,
    ...Array.from({ length: idempotencyBuckets }, (_, bucket) => formerAnswerTable(bucket)),
  ],
  [
    // The first release's index, a row a line. An object that has it rebuilds the new one from the journal when it next starts.
    ...["line", "account_month", "entry_by_date", "entry_term", "segment"].map((table) => `DROP TABLE IF EXISTS ${table}`),
    `DELETE FROM meta WHERE key IN ('flush', 'flushed_to', 'entry_count')`,
    // Written behind the journal: see entry-index.ts.
    `CREATE TABLE run (
       id INTEGER PRIMARY KEY,
       kind TEXT NOT NULL,
       level INTEGER NOT NULL,
       from_seq INTEGER NOT NULL,
       to_seq INTEGER NOT NULL,
       state TEXT NOT NULL,
       records INTEGER NOT NULL,
       block_records INTEGER NOT NULL,
       sources TEXT NOT NULL,
       fences BLOB
     ) STRICT`,
    `CREATE TABLE block (id INTEGER PRIMARY KEY, first_a INTEGER NOT NULL, first_b INTEGER NOT NULL, records BLOB NOT NULL) STRICT`,
    `CREATE TABLE term_filter (run INTEGER NOT NULL, part INTEGER NOT NULL, bits BLOB NOT NULL, PRIMARY KEY (run, part)) STRICT`,
    `CREATE TABLE account_total (no INTEGER PRIMARY KEY, debits INTEGER NOT NULL, credits INTEGER NOT NULL, lines INTEGER NOT NULL) STRICT`,
    // See term-hash.ts.
    "INSERT OR IGNORE INTO meta (key, value) VALUES ('term_key', json_array(random() & 4294967295, random() & 4294967295))",
    ...Array.from({ length: idempotencyBuckets }, (_, bucket) => [
      ...answerTable(bucket),
      `INSERT INTO answer_${bucket} (key, fingerprint, at, body, failure, first_seq, last_seq, items, answer)
       SELECT key, fingerprint, at, body, failure, first_seq, last_seq, items, answer FROM idempotency_${bucket}`,
      `DROP TABLE idempotency_${bucket}`,
    ]).flat(),
  ],
  [
    // Written with their facts. `saved` and `content` are the sequences of the draft's last version and of the one that has its content.
    `CREATE TABLE draft (
       no INTEGER PRIMARY KEY,
       at INTEGER NOT NULL,
       status TEXT NOT NULL,
       saved INTEGER NOT NULL,
       content INTEGER NOT NULL,
       entry INTEGER,
       day INTEGER NOT NULL,
       module TEXT NOT NULL,
       amount INTEGER NOT NULL,
       external_id TEXT,
       source TEXT,
       source_type TEXT NOT NULL,
       reference TEXT
     ) STRICT`,
    `CREATE INDEX draft_unposted ON draft (no) WHERE status <> 'posted'`,
    `CREATE INDEX draft_status ON draft (status, no) WHERE status <> 'posted'`,
    `CREATE INDEX draft_day ON draft (day, no) WHERE status <> 'posted'`,
    `CREATE INDEX draft_external_id ON draft (external_id) WHERE external_id IS NOT NULL`,
    `CREATE INDEX draft_source ON draft (source) WHERE source IS NOT NULL`,
    `CREATE INDEX account_type ON account (type, code) WHERE status <> 'deleted'`,
    `CREATE TABLE draft_account (account INTEGER NOT NULL, draft INTEGER NOT NULL, PRIMARY KEY (account, draft)) STRICT, WITHOUT ROWID`,
    `CREATE INDEX draft_account_draft ON draft_account (draft)`,
    `CREATE TABLE hold (
       no INTEGER PRIMARY KEY,
       at INTEGER NOT NULL,
       status TEXT NOT NULL,
       resolved INTEGER,
       day INTEGER NOT NULL,
       module TEXT NOT NULL,
       group_id TEXT,
       expires_at INTEGER,
       external_id TEXT,
       source TEXT
     ) STRICT`,
    `CREATE INDEX hold_status ON hold (status, no)`,
    `CREATE INDEX hold_day ON hold (day, no)`,
    `CREATE INDEX hold_group ON hold (group_id, no) WHERE group_id IS NOT NULL`,
    `CREATE INDEX hold_due ON hold (expires_at, no) WHERE status = 'open' AND expires_at IS NOT NULL`,
    `CREATE INDEX hold_external_id ON hold (external_id) WHERE external_id IS NOT NULL`,
    `CREATE INDEX hold_source ON hold (source) WHERE source IS NOT NULL`,
    // What a hold holds on an account: from it follow pending balances as known earlier.
    `CREATE TABLE hold_account (account INTEGER NOT NULL, hold INTEGER NOT NULL, debits INTEGER NOT NULL, credits INTEGER NOT NULL, PRIMARY KEY (account, hold)) STRICT, WITHOUT ROWID`,
    // What a running check has come to is without the holds: it starts again.
    "DELETE FROM verification WHERE state ->> '$.status' = 'running'",
    "DROP TABLE verification_account",
    `CREATE TABLE verification_account (
       account INTEGER PRIMARY KEY,
       balance INTEGER NOT NULL,
       debits TEXT NOT NULL,
       credits TEXT NOT NULL,
       version INTEGER NOT NULL,
       pending_debits INTEGER NOT NULL,
       pending_credits INTEGER NOT NULL
     ) STRICT`,
    `CREATE TABLE account_pending (no INTEGER PRIMARY KEY, debits INTEGER NOT NULL, credits INTEGER NOT NULL, changes INTEGER NOT NULL) STRICT`,
  ],
  [
    // What a generation begins with: the rows of earlier logs that what is open refers to, and what the accounts had.
    `CREATE TABLE IF NOT EXISTS carried_row (
       seq INTEGER PRIMARY KEY,
       commit_seq INTEGER NOT NULL,
       version INTEGER NOT NULL,
       body TEXT NOT NULL,
       context TEXT NOT NULL,
       seal TEXT NOT NULL
     ) STRICT`,
    `CREATE TABLE IF NOT EXISTS account_carried (no INTEGER PRIMARY KEY, debits INTEGER NOT NULL, credits INTEGER NOT NULL, lines INTEGER NOT NULL) STRICT`,
    // Files of a closed generation's log that are in R2.
    `CREATE TABLE IF NOT EXISTS archive_file (
       no INTEGER PRIMARY KEY,
       name TEXT NOT NULL,
       first_seq INTEGER NOT NULL,
       last_seq INTEGER NOT NULL,
       seal TEXT NOT NULL,
       bytes INTEGER NOT NULL,
       sha256 TEXT NOT NULL
     ) STRICT`,
  ],
  [
    // How many accounts stand directly below it: what decides whether it may be deleted, or have another type.
    "ALTER TABLE account ADD COLUMN children INTEGER NOT NULL DEFAULT 0",
    ...childCountStatements(),
    // How deep the tree below an account is. Only of accounts that have others below them: few, and the others cost nothing.
    "CREATE INDEX account_parent ON account (description ->> '$.parentId') WHERE children > 0",
  ],
];

/** The statements that count again how many accounts that are not deleted stand directly below each. */
export function childCountStatements(): readonly string[] {
  return [
    "UPDATE account SET children = 0 WHERE children <> 0",
    `UPDATE account SET children = counted.n FROM (${childCounts}) AS counted WHERE account.id = counted.parent`,
  ];
}

/** In the first release: by a hash of the key, so that every answer went into another place of a large tree. */
export function formerAnswerTable(bucket: number): string {
  return `CREATE TABLE idempotency_${bucket} (
     id INTEGER PRIMARY KEY,
     key TEXT NOT NULL,
     fingerprint TEXT NOT NULL,
     at INTEGER NOT NULL,
     body TEXT,
     failure TEXT,
     first_seq INTEGER,
     last_seq INTEGER,
     items TEXT,
     answer TEXT NOT NULL
   ) STRICT`;
}

/** Answers one behind the other, which is where writing them is cheapest, and an index of their keys. */
export function answerTable(bucket: number): readonly string[] {
  return [
    `CREATE TABLE answer_${bucket} (
       id INTEGER PRIMARY KEY,
       key TEXT NOT NULL,
       fingerprint TEXT NOT NULL,
       at INTEGER NOT NULL,
       body TEXT,
       failure TEXT,
       first_seq INTEGER,
       last_seq INTEGER,
       items TEXT,
       answer TEXT NOT NULL
     ) STRICT`,
    `CREATE INDEX answer_key_${bucket} ON answer_${bucket} (key)`,
  ];
}

/** Brings the tables to this release's schema. Returns false, and changes nothing, where a newer release wrote them. */
export function migrate(storage: DurableObjectStorage): boolean {
  const sql = storage.sql;
  sql.exec("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER PRIMARY KEY) STRICT");
  const current = sql.exec<{ version: number }>("SELECT coalesce(max(version), 0) AS version FROM schema_version").one().version;
  if (current > schemaVersion) return false;
  for (let version = current; version < migrations.length; version++) {
    storage.transactionSync(() => {
      for (const statement of migrations[version] ?? []) sql.exec(statement);
      sql.exec("INSERT INTO schema_version VALUES (?)", version + 1);
    });
  }
  return true;
}

/** Whether a journal row is an entry, without parsing its body. Generated columns would be computed on every insert: a strict table checks their type. */
export const isEntry = `j.body GLOB '{"kind":"entry_posted"*'`;
