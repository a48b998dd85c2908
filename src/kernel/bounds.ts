/** Every bound that a request can meet, with its reason. What only storage knows is bounded beside it. */

/** A bulk request of 10,000 entries with memos and metadata fits; an isolate has 128 MB for several of them. */
export const bodyBytesMax = 8 * 1024 * 1024;
/** Who has no key has nothing to send but a name and an address. */
export const publicBodyBytesMax = 16 * 1024;
/** From here on a request is a bulk one: it occupies an isolate's memory, and its thread for milliseconds. */
export const bulkBytesMin = 64 * 1024;
/** A journal entry beyond 200 lines is a batch in disguise; 200 keeps one row under the platform's 2 MB. */
export const linesPerEntryMax = 200;
export const linesPerEntryMin = 2;
/** One request, one commit: 10,000 entries are what an object can decide without holding others up for long. */
export const entriesPerBatchMax = 10_000;
/** Approvals in one request: as many as a person looks through at once. */
export const approvalsPerBatchMax = 500;
/** Holds of one group, and placements of it that no ledger has answered: each is asked for when the group is decided. */
export const holdsPerGroupMax = 100;
/** The lines of one bulk request together; more is split by the client. */
export const linesPerBatchMax = 40_000;
export const accountsPerImportMax = 5_000;
export const metadataKeysMax = 50;
export const metadataKeyLengthMax = 100;
export const metadataValueLengthMax = 500;
export const descriptionLengthMax = 1_000;
export const referenceLengthMax = 200;
export const externalIdLengthMax = 200;
export const memoLengthMax = 500;
export const nameLengthMax = 200;
export const codeLengthMax = 50;
export const reasonLengthMax = 500;
export const tagsPerLineMax = 10;
export const tagLengthMax = 100;
/** RFC draft-ietf-httpapi-idempotency-key-header leaves the length open; 255 is what clients know from elsewhere. */
export const idempotencyKeyLengthMax = 255;
/** From this length on nobody else thinks of a key by chance or by trying: 22 characters of base64 are 128 bits (RFC 4086 §8). */
export const ownKeyLengthMin = 22;
export const idempotencyLifeMs = 24 * 60 * 60 * 1000;
/** How far the clocks of an edge and a ledger's object may lie apart for a write: what passes between two machines and the queue of a bulk write stay far below. */
export const clockDifferenceMaxMs = 60_000;
/** An answer up to this size is stored as bytes for its replay, a larger one is described again from the facts. */
export const storedAnswerBytesMax = 16 * 1024;
/** How often a queue's message comes again before it is a dead letter: `max_retries` of wrangler.toml. */
export const messageRetriesMax = 10;
/** How long a dead letter is stored, as long as its queue would store it. */
export const deadLetterLifeMs = 14 * 24 * 60 * 60 * 1000;
/** How often a dead letter is sent again: what fails so often is not mended by one more. */
export const deadLetterRetriesMax = 100;
export const pageLimitMax = 200;
export const pageLimitDefault = 50;
/** Beyond this a cursor is asked for: an offset costs what it skips. */
export const offsetMax = 10_000;
/** A filtered count is exact up to here. */
export const filteredCountMax = 10_000;
/** Remembered, or stored by a password manager; longer ones cost nothing, but a body must end somewhere. */
export const passwordLengthMin = 12;
export const passwordLengthMax = 200;
/** Sessions of a user; a sign-in beyond them ends the one that began first. */
export const sessionsPerUserMax = 50;
/** An access token outlives what is known of its session by no more than this, and by no more than a lease where the session has ended. */
export const accessTokenLifeMs = 15 * 60 * 1000;
/** A session ends when it has not been refreshed for so long, and in any case after its life (OWASP ASVS 3.3: re-authentication at least every 30 days). */
export const sessionIdleMs = 14 * 24 * 60 * 60 * 1000;
export const sessionLifeMs = 30 * 24 * 60 * 60 * 1000;
/** Sign-ups and, apart from them, passwords to be checked, of one address: each occupies the isolate's thread for a sixth of a second. */
export const signUpsPerMinute = 120;
export const passwordsPerMinute = 120;
/** Users of an email whose passwords a sign-in without `siteId` tries. Anybody may sign a firm up with somebody's email: there is no end to them. */
export const usersPerSignInMax = 5;
/** Wrong passwords of an email within a day from all who show no device together: what a thousand addresses guess must not add up (NIST SP 800-63B §5.2.2). */
export const strangersPerDayMax = 100;
export const strangersDayMs = 24 * 60 * 60 * 1000;
/** Counts that an email's object stores: more come only from devices, each of which has cost a right password. */
export const signInRowsMax = 1_000;
/** How long a sign-in exempts its device from what strangers have tried. */
export const deviceLifeMs = 180 * 24 * 60 * 60 * 1000;
/** Wrong passwords that cost no wait. From then on each doubles it, from a second to a quarter of an hour. */
export const wrongPasswordsFree = 5;
export const signInWaitMinMs = 1_000;
export const signInWaitMaxMs = 15 * 60 * 1000;
/** Wrong passwords are forgotten when none has come for a day. */
export const wrongPasswordsLifeMs = 24 * 60 * 60 * 1000;
/** How long one key signs access tokens. */
export const signingKeyLifeMs = 30 * 24 * 60 * 60 * 1000;
/** Revocation and a changed role reach every isolate within this time. */
export const leaseMs = 5_000;
/** Separate ones of an entity: each ledger checks every entry against all of them. */
export const periodLocksMax = 1_000;
/** With their reasons, as JSON: a row of the site's database has them twice, as wished and as held, and is at most 2 MB. */
export const periodLocksBytesMax = 900_000;
/** Entities of a database whose ledgers one sweep tells what they share. Each takes some seven calls, and an invocation has ten thousand for all databases. */
export const sharedRecordsPerSweep = 200;
/** Entities of earlier builds for which one sweep makes the record: each takes two calls more per ledger. */
export const sharedRecordsMadePerSweep = 50;
/** Points of a balance history: ten years of days. */
export const historyPointsMax = 3_700;
/** Periods of a report side by side: five years of months. */
export const reportColumnsMax = 60;
/** Lines of the general ledger in one file, some 6 MB, which is gathered in memory so that it is whole or refused; also how far it counts its lines. */
export const reportFileLinesMax = 20_000;
/** Lines of it that a ledger is asked for at once while a file is gathered: others come between. */
export const reportLinesAtOnce = 1_000;
/** Account ids named in one balances query (URLs end at 16 KB). */
export const accountIdsPerQueryMax = 200;
/** A tree of accounts deeper than this is a mistake in the import. */
export const accountDepthMax = 10;
