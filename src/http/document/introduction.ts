/** What applies to every operation, at the head of the OpenAPI document. CommonMark. */
export const introduction = `Post money movements as balanced journal entries and read balances that are exact at once.

**Keys.** Send a site's key as \`X-API-Key\` or as \`Authorization: Bearer\`. A key belongs to one site, live (\`ch_live_…\`) or sandbox (\`ch_test_…\`), and reaches no other. \`POST /signup\` makes a live and a sandbox site and answers the key of each.

**People.** A user signs in with email and password (\`POST /auth/token\`) and sends the access token as \`Authorization: Bearer\`, for 15 minutes; the refresh token, good once, gives the next. The answer's \`device\` goes with the user's next sign-in: wrong passwords that others have tried do not hold up whoever shows it. \`siteId\` says which firm's user is meant where an email has several. The public keys are at \`/.well-known/jwks.json\`. What a key may not outlive, a session does not either: log-out, a new role and a user's leaving hold everywhere within five seconds. A password that somebody else has set is changed before anything else (\`POST /users/{id}/password\`); until then the session is answered 403 \`PASSWORD_CHANGE_REQUIRED\`.

**Roles.** REVIEWER reads. PREPARER also prepares and posts entries and places holds, as far as the entity's approval policy lets it. APPROVER also approves, reverses, voids and locks periods. ADMIN also makes entities, accounts, keys, sites and users. OWNER is what no ADMIN can change. Each operation says which role it takes.

**Money and dates.** An amount is an integer in minor units of the ledger's currency: 4299 is 42.99 USD. A date is a civil date, \`2026-06-08\`, that no time zone moves; an instant is RFC 3339 in UTC.

**Whose books.** An operation on one entity's books finds it in the path (\`/companies/{companyId}/…\`), in \`X-Organization-Id\`, or as \`entityId\`; a site with a single entity needs none of them. The same operations answer without the \`/companies/{companyId}\` before them.

**Repeating safely.** Send an \`Idempotency-Key\` with every POST. What would post, place or settle once more when it is repeated requires one; approving, reversing and voiding are done once by themselves, and under a key the repeated request has the same answer. For 24 hours the same key with the same body answers what the first request was answered, with \`X-Idempotent-Replayed: true\`; with another body it is refused. Of a ledger's refusals those with 409, 412 and 422 are kept as answers too: send the corrected request under a new key. Any other refusal leaves its key free. A key covers one operation where it writes: in one ledger's books it is that ledger's, and sent for another ledger it is another request; else it is that of the entity in the request, or of the site. What one request writes to several ledgers, such as \`batch-approve\`, has one key: whoever repeats the request has it completed. Who signs up has no key of a site to show, so a secret is repeated there only under a key of at least 22 characters, such as a random UUID.

**Lists** come in pages: \`limit\` up to 200, then \`nextCursor\` as \`cursor\`. What is there throughout is neither skipped nor repeated while others insert.

**Changes.** A resource that can be patched carries an \`ETag\`; send it as \`If-Match\` and a change that someone else made meanwhile is refused, not overwritten.

**Refusals** carry a \`code\` that never changes and name the place in the request; with \`Accept: application/problem+json\` they come in the form of RFC 9457. [Every code is explained](/docs/errors): what it means and what to do. A request that is refused has changed nothing. Each operation lists its own codes by status, for programs in \`x-error-codes\`.

**Clients.** Additions within \`/api/v1\` break no client that ignores fields which it does not know. Enums are closed in this document, so that a \`switch\` over them is checked; values may be added to those of answers, error codes among them. For languages whose decoders fail on an unknown value, \`/api/openapi.json?enums=open\` has the enums of answers as strings. Money, sequences and versions are \`int64\`, everything else \`int32\`.

**Limits.** Each key has its requests a minute; \`X-RateLimit-*\` on every answer says how many are left, and \`Retry-After\` on a 429 how long to wait. A body has at most 8 MiB, a batch 10,000 entries.`;
