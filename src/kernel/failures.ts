/**
 * The catalogue of refusals: every code the API answers, with its status, what it means and what to do.
 * A code never changes once it has been answered. The error pages and the OpenAPI document list it from here.
 */
export interface FailureKind {
  /** The HTTP status, RFC 9110 §15. */
  readonly status: number;
  /** Whether the same request may succeed later, unchanged. */
  readonly retryable: boolean;
  readonly meaning: string;
  readonly action: string;
}

export const failureKinds = {
  VALIDATION_ERROR: {
    status: 400,
    retryable: false,
    meaning: "The request is not of the form that the operation takes. Nothing was changed.",
    action: "Correct the fields named in details and send it again. The same idempotency key may be used.",
  },
  BODY_NOT_JSON: {
    status: 400,
    retryable: false,
    meaning: "The body is not one JSON value in UTF-8 (RFC 8259).",
    action: "Send one complete JSON object with Content-Type: application/json.",
  },
  IDEMPOTENCY_KEY_REQUIRED: {
    status: 400,
    retryable: false,
    meaning: "The operation writes anew each time and so requires an Idempotency-Key header, which is missing.",
    action: "Send a fresh random key, a UUID for example, and the same key when you repeat the same request.",
  },
  IDEMPOTENCY_KEY_INVALID: {
    status: 400,
    retryable: false,
    meaning: "The Idempotency-Key is not 1 to 255 printable ASCII characters.",
    action: "Send a shorter or plainer key, a UUID for example.",
  },
  ENTITY_REQUIRED: {
    status: 400,
    retryable: false,
    meaning: "The operation works on one entity's books, and the request names none while the site has not exactly one.",
    action: "Name it: in the path (/companies/{companyId}/…), in the x-organization-id header, or as entityId.",
  },
  ENTITY_CONFLICT: {
    status: 400,
    retryable: false,
    meaning: "The request names two different entities.",
    action: "Name one entity, or the same one everywhere.",
  },
  INVALID_CURSOR: {
    status: 400,
    retryable: false,
    meaning: "The cursor is not one of this list, or was given out for other filters, another order or another site.",
    action: "Take nextCursor from the previous page as it is and repeat the other parameters, or start again without a cursor.",
  },
  UNAUTHENTICATED: {
    status: 401,
    retryable: false,
    meaning: "The request carries no key or access token, or one that is unknown, expired or revoked.",
    action:
      "Send a valid key as X-API-Key or as Authorization: Bearer. For an access token that has expired, POST /auth/token with the refresh token.",
  },
  CREDENTIALS_INVALID: {
    status: 401,
    retryable: false,
    meaning:
      "The email and the password, or the refresh token, open nothing. Which of them is wrong, and whether the email is known, is not told.",
    action:
      "Correct them. Where the email has users in several firms, name the firm with `siteId`. Or have an administrator of the firm set the password anew. After a refused refresh token, sign in again.",
  },
  FORBIDDEN: {
    status: 403,
    retryable: false,
    meaning: "The key's role, or who acts with it, does not allow the operation.",
    action: "Use a key with the role named in the message, or ask somebody who may.",
  },
  ENTITY_FORBIDDEN: {
    status: 403,
    retryable: false,
    meaning: "The key is restricted to other entities.",
    action: "Use a key that covers the entity.",
  },
  PASSWORD_INCORRECT: {
    status: 403,
    retryable: false,
    meaning: "The present password, which a change of one's own takes, is not right.",
    action: "Send the present password as currentPassword, or have an administrator of the firm set a new one.",
  },
  PASSWORD_CHANGE_REQUIRED: {
    status: 403,
    retryable: false,
    meaning:
      "The user's password was set by somebody else. Until it is changed, the session may do nothing but that, and nobody confirms the user.",
    action: "The user sends POST /users/{id}/password with the present password and one that nobody else knows.",
  },
  SESSION_REQUIRED: {
    status: 403,
    retryable: false,
    meaning: "The operation is about the session in use, or for a person in one, and the request came with a key.",
    action: "Sign in, and use the access token of the session; a key is ended with DELETE /tokens/{id}.",
  },
  LIVE_KEY_REQUIRED: {
    status: 403,
    retryable: false,
    meaning:
      "Users belong to the firm and reach all of its sites, so a sandbox's key does not change them, and makes no live site, whose key could.",
    action: "Use a key of a live site, or a user's session.",
  },
  SIGNUP_CLOSED: {
    status: 403,
    retryable: false,
    meaning: "This installation does not take sign-ups, or only with an invitation.",
    action: "Ask its operator for an invitation.",
  },
  NOT_FOUND: {
    status: 404,
    retryable: false,
    meaning: "Nothing with this id exists in the key's site.",
    action: "Check the id and that the key belongs to the site that holds it.",
  },
  ROUTE_NOT_FOUND: {
    status: 404,
    retryable: false,
    meaning: "There is no such route.",
    action: "See /docs for the routes.",
  },
  METHOD_NOT_ALLOWED: {
    status: 405,
    retryable: false,
    meaning: "The route exists and does not take this method.",
    action: "Use one of the methods in the Allow header.",
  },
  ENTRY_STATE: {
    status: 409,
    retryable: false,
    meaning: "The entry is not in a state that allows this.",
    action: "Read the entry; details name its state and what is allowed from there.",
  },
  ALREADY_REVERSED: {
    status: 409,
    retryable: false,
    meaning: "The entry has been reversed or voided before. An entry is reversed at most once.",
    action: "Read the entry's reversedBy. To undo the reversal, post the original again as a new entry.",
  },
  IS_REVERSAL: {
    status: 409,
    retryable: false,
    meaning: "The entry is itself a reversal, and a reversal is never reversed.",
    action: "Post the original entry again as a new entry.",
  },
  EXTERNAL_ID_TAKEN: {
    status: 409,
    retryable: false,
    meaning: "The externalId belongs to something else already, with other content. External ids are unique for ever.",
    action: "Use another externalId, or read what holds this one.",
  },
  SOURCE_CONFLICT: {
    status: 409,
    retryable: false,
    meaning: "The source document posted this step before, with other content.",
    action: "Read the entry it made; correct it by a reversal.",
  },
  VERSION_STALE: {
    status: 409,
    retryable: false,
    meaning: "The account, or the draft, has changed since the version that the request names.",
    action: "Read it again, decide again, and send the new version.",
  },
  IDEMPOTENCY_IN_PROGRESS: {
    status: 409,
    retryable: true,
    meaning: "A request with the same idempotency key is still being worked on.",
    action: "Repeat the same request after Retry-After seconds.",
  },
  CODE_TAKEN: {
    status: 409,
    retryable: false,
    meaning: "Another one of its kind has this code, key or name.",
    action: "Use another, or change the one that exists.",
  },
  IN_USE: {
    status: 409,
    retryable: false,
    meaning: "It is in use and so cannot be deleted or changed in this way.",
    action:
      "Do what the message says: settle or release the hold, move or delete what stands below, rotate the key. What was posted to is archived instead: an archived account takes nothing more, an archived entity is kept as it is and only marked.",
  },
  DEAD_LETTER_STATE: {
    status: 409,
    retryable: false,
    meaning: "The dead message cannot be sent again.",
    action:
      "Read the message of the refusal: it may have been sent again too often, or be of another release. Heal the ledger that it names.",
  },
  JOB_NOT_CANCELLABLE: {
    status: 409,
    retryable: false,
    meaning: "Jobs of this type cannot be broken off.",
    action: "Let it end; GET /jobs/{id} says how far it is.",
  },
  LAST_OWNER: {
    status: 409,
    retryable: false,
    meaning: "The firm would be left without an OWNER, or one of its sites without an OWNER key that does not expire.",
    action: "Make another user OWNER first, or another OWNER key of the site.",
  },
  PRECONDITION_FAILED: {
    status: 412,
    retryable: false,
    meaning: "The resource has changed since the ETag in If-Match.",
    action: "Read it again and send the change with its present ETag.",
  },
  VERSION_REQUIRED: {
    status: 428,
    retryable: false,
    meaning: "Somebody else wrote the last version of the draft, so that posting or submitting it names the version that was looked at.",
    action: "Read the draft, and send its approval.version as version in the body, or its ETag in If-Match.",
  },
  BODY_TOO_LARGE: {
    status: 413,
    retryable: false,
    meaning: "The body is larger than 8 MiB.",
    action: "Send it in parts; up to 10,000 entries go into one batch.",
  },
  URL_TOO_LONG: {
    status: 414,
    retryable: false,
    meaning: "The URL is longer than the server takes.",
    action: "Send fewer parameters at once. The servers of npm start take 16 KiB.",
  },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    retryable: false,
    meaning: "The body is of a media type that the operation does not take.",
    action: "Send JSON with Content-Type: application/json.",
  },
  IDEMPOTENCY_KEY_REUSED: {
    status: 422,
    retryable: false,
    meaning: "The idempotency key was used within 24 hours for another request.",
    action: "Use a new key for a new request, or repeat the first one unchanged.",
  },
  LEDGER_FULL: {
    status: 422,
    retryable: false,
    meaning: "The ledger's object has reached the size up to which it takes entries.",
    action: "Close the ledger out into its next generation: POST /ledgers/{id}/close-out.",
  },
  LEDGER_NOT_FULL: {
    status: 409,
    retryable: false,
    meaning: "The ledger takes entries and need not be closed out.",
    action: "Leave it, or ask with force where it is to be closed out all the same.",
  },
  LEDGER_FROZEN: {
    status: 503,
    retryable: true,
    meaning: "The entity is being deleted, and whether it can be is not decided yet. Its books are read as before and take nothing.",
    action: "Repeat the request, with its idempotency key, after Retry-After seconds. The entity is gone then, or takes it.",
  },
  LEDGER_RETIRED: {
    status: 409,
    retryable: false,
    meaning: "The ledger went with its entity, which was deleted, or with the reset of its sandbox. Nothing is posted to it any more.",
    action: "Name an entity that exists. After a reset, make entities, ledgers and accounts anew.",
  },
  LEDGER_CLOSING_OUT: {
    status: 503,
    retryable: true,
    meaning: "The ledger is being closed out into its next generation, which is not open yet.",
    action: "Repeat the request, with its idempotency key, after Retry-After.",
  },
  CLOCK: {
    status: 503,
    retryable: true,
    meaning:
      "The server's clock is wrong, or those of its parts do not agree, so that nothing is written: it would be dated wrongly for ever.",
    action: "Repeat the request, with its idempotency key, after Retry-After. Who runs the server sets its clock right.",
  },
  ACCOUNT_NOT_FOUND: {
    status: 422,
    retryable: false,
    meaning: "A line names an account that the ledger does not have.",
    action: "Create the account, or correct accountId, accountCode or accountExternalId.",
  },
  ACCOUNT_CLOSED: {
    status: 422,
    retryable: false,
    meaning: "A line names an archived account.",
    action: "Use another account, or take it out of the archive.",
  },
  REFERENCE_NOT_FOUND: {
    status: 422,
    retryable: false,
    meaning: "The body names something that does not exist in the site.",
    action: "Correct the id named in details.",
  },
  SETTLES_MORE_THAN_HELD: {
    status: 422,
    retryable: false,
    meaning: "A settlement asks for more than its hold keeps.",
    action: "Settle at most the held amount of each line.",
  },
  SELF_APPROVAL: {
    status: 403,
    retryable: false,
    meaning:
      "Under four_eyes nobody approves what they prepared, nor what was prepared with a key of theirs, or by somebody whose password they set or who set theirs.",
    action:
      "Have another APPROVER approve it. Who stands behind a key is its heldBy; who set a password counts as one with its user until POST /users/{id}/confirm.",
  },
  PERSON_REQUIRED: {
    status: 403,
    retryable: false,
    meaning: "An agent had a part in the entry, and what an agent prepares is approved or posted by a person.",
    action: "Approve or post it in a person's session, or with a key of the kind person that they made in one.",
  },
  APPROVAL_REQUIRED: {
    status: 403,
    retryable: false,
    meaning: "Under the ledger's approval policy what the caller posts waits for an approval.",
    action: "Submit the draft for approval, or have somebody post it whose entries need none.",
  },
  HOLD_STATE: {
    status: 409,
    retryable: false,
    meaning: "The hold is settled, released or expired; or the holds of its group cannot be settled or released as asked for.",
    action:
      "Read the hold, or its group with GET /hold-groups/{groupId}: details name the decision or the hold that is in the way. Place a new one if the money is still to be kept.",
  },
  GROUP_ENDED: {
    status: 409,
    retryable: false,
    meaning: "The group of holds has been settled or released, and takes no further hold.",
    action: "Read the group with GET /hold-groups/{groupId}; place the hold under a new groupId if the money is still to be kept.",
  },
  ENTRY_UNBALANCED: {
    status: 422,
    retryable: false,
    meaning: "The debits of the entry do not equal its credits.",
    action: "Correct the lines; details give both sums.",
  },
  PERIOD_LOCKED: {
    status: 422,
    retryable: false,
    meaning: "The entry's date is in a locked period.",
    action: "Use earliestOpenDate from details or a later open date, or have the period unlocked. A date is never moved for you.",
  },
  LOCK_NOT_LIFTED: {
    status: 422,
    retryable: false,
    meaning: "Lifting or loosening a hard lock takes a reason and the role ADMIN or OWNER.",
    action: "Send a reason with a key of that role.",
  },
  CONDITION_FAILED: {
    status: 422,
    retryable: false,
    meaning: "A condition that the request puts on a balance would not hold after the entry.",
    action: "Read the balance and decide again.",
  },
  REPORT_TOO_LARGE: {
    status: 422,
    retryable: false,
    meaning: "The report has more lines than one file holds. None is left out to make it fit.",
    action: "Ask for a shorter period or for one account, or for format=json, which comes in pages.",
  },
  BALANCE_LIMIT: {
    status: 422,
    retryable: false,
    meaning: "The entry would take an account past its minBalance or maxBalance.",
    action:
      "Post a smaller amount, or have the account's limits changed; details name the account, the bound and the balance it would have had.",
  },
  BALANCE_OVERFLOW: {
    status: 422,
    retryable: false,
    meaning: "The entry would take a balance beyond ±9,007,199,254,740,991 minor units.",
    action: "Spread the amounts over several accounts.",
  },
  ACCOUNT_TYPE_FIXED: {
    status: 422,
    retryable: false,
    meaning: "An account with lines keeps its type and its ledger: they decide where statements show it.",
    action: "Open another account and move the balance with an entry.",
  },
  ACCOUNT_PARENT_INVALID: {
    status: 422,
    retryable: false,
    meaning:
      "The account cannot stand under this parent: it is of another type, below the account itself, or so deep that the account, or what stands below it, would be more than 10 levels deep.",
    action: "Choose a parent of the same type higher up in the tree, or none.",
  },
  CURRENCY_UNSUPPORTED: {
    status: 422,
    retryable: false,
    meaning: "The currency is not in ISO 4217, is withdrawn, or has no minor unit and no scale was declared.",
    action: "Use a code of GET /metadata/currencies, or declare an asset with a scale from 0 to 8.",
  },
  RATE_LIMITED: {
    status: 429,
    retryable: true,
    meaning: "The key has used up its requests; or, where no key is sent, the address has.",
    action: "Wait Retry-After seconds.",
  },
  SIGN_IN_LOCKED: {
    status: 429,
    retryable: true,
    meaning:
      "Too many wrong passwords were given for this email: from this network, with this device, or within a day by all who show none. Whether the email is known is not told.",
    action:
      "Wait Retry-After seconds; each further wrong password doubles the wait, up to 15 minutes. Send the `device` of an earlier sign-in: what strangers have tried does not count against it.",
  },
  INTERNAL: {
    status: 500,
    retryable: true,
    meaning:
      "Something is wrong with Countinghouse, not with the request. Whether it took effect is decided: repeat it with the same idempotency key to learn it.",
    action: "Repeat it with the same Idempotency-Key; quote the requestId if it persists.",
  },
  RESTORE_UNAVAILABLE: {
    status: 501,
    retryable: false,
    meaning: "The platform that the installation runs on cannot bring a ledger's object back to an earlier moment.",
    action: "Restore a copy of the data folder, or correct the books forward by reversals.",
  },
  LEDGER_NEWER: {
    status: 503,
    retryable: true,
    meaning: "The ledger was written by a newer release than the one that answered, which writes nothing to it.",
    action: "Repeat the request after Retry-After seconds; the release is being rolled out.",
  },
  SITE_MOVING: {
    status: 503,
    retryable: true,
    meaning: "The site is being moved to another database, and what would be written there waits. Reads and postings go on.",
    action: "Repeat the request after Retry-After seconds, with the same idempotency key. A move takes seconds, a large site's minutes.",
  },
  STORAGE_FULL: {
    status: 503,
    retryable: true,
    meaning: "The disk of the server has too little free space to write to. Nothing was changed; reads go on.",
    action: "Free space on the disk of the data folder. Repeat the request after Retry-After seconds, with the same idempotency key.",
  },
  OVERLOADED: {
    status: 503,
    retryable: true,
    meaning: "The ledger or its isolate has too much to do at this moment. Nothing was changed.",
    action: "Repeat the request after Retry-After seconds, with the same idempotency key.",
  },
} as const satisfies Record<string, FailureKind>;

export type FailureCode = keyof typeof failureKinds;
export type FailureStatus = (typeof failureKinds)[FailureCode]["status"];

/** One thing wrong, with where it is. */
export interface FailureDetail {
  /** JSON pointer (RFC 6901) into the request body, or the name of a parameter or header. */
  readonly pointer: string;
  readonly code: string;
  readonly message: string;
  readonly [fact: string]: unknown;
}

/** A refusal: why, in words, and where. Plain data, so that it crosses from a ledger's object to the edge as it is. */
export interface Failure {
  readonly code: FailureCode;
  readonly message: string;
  readonly details?: readonly FailureDetail[];
  readonly retryAfterSeconds?: number;
}

export function failure(code: FailureCode, message: string, details?: readonly FailureDetail[]): Failure {
  return details === undefined ? { code, message } : { code, message, details };
}
