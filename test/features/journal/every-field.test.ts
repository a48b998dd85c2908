import { beforeAll, describe, expect, test } from "vitest";
import { readPlainBatch } from "../../../src/features/journal/fast/plain-batch.ts";
import { entryFields } from "../../../src/ledger/domain/entry-fields.ts";
import { type Books, codes, freshKey, newBooks } from "../../support/books.ts";
import { type JsonSchema, readDocument } from "../../support/contract/api-document.ts";
import type { Answer, Api } from "../../support/site.ts";

/**
 * What may be left out of an entry, a line, a draft or a hold, read from the document and not from a list: a field that is added is sent here
 * through every way of writing, and has to come back from every way of reading. One that the API answers by another name has a row in the tables below.
 */

const document = await readDocument();

/** They choose the ledger, or name a line's account: no content. */
const notContent = new Set(["entityId", "ledgerId", "currency", "accountId", "accountCode", "accountExternalId"]);
/** A line shows them only as long as it is not posted. */
const ofDraftsOnly = new Set(["conditions"]);
/** What a field answers where nothing is said; null for all others. */
const emptyAnswers: Readonly<Record<string, unknown>> = { metadata: {}, tags: undefined, conditions: undefined };

type Fields = Readonly<Record<string, unknown>>;
type KnownValues = Readonly<Record<string, Field["values"]>>;
// biome-ignore lint/suspicious/noExplicitAny: what an answer holds is what the test is about.
type Resource = any;

interface Field {
  /** `memo of a line`, `description`. */
  readonly title: string;
  readonly name: string;
  /** Two plain values that differ, and one whose texts no JSON has as they stand. */
  readonly values: readonly [unknown, unknown, unknown];
  readonly isOfDraftsOnly: boolean;
  put(body: Fields, value: unknown): Fields;
  read(resource: Resource): unknown;
}

function schemaOf(operationId: string): JsonSchema {
  const operation = document.operations.find((candidate) => candidate.operationId === operationId);
  return document.plain(operation?.body?.schema ?? {});
}

function optionalOf(schema: JsonSchema): [string, JsonSchema][] {
  return Object.entries(schema.properties ?? {}).filter(([name]) => !schema.required?.includes(name) && !notContent.has(name));
}

/** The fields of an operation's body, and of the lines in it. */
function fieldsOf(operationId: string, known: KnownValues): Field[] {
  const body = schemaOf(operationId);
  const lines = document.plain(body.properties?.lines ?? {});
  const field = (name: string, schema: JsonSchema, of: Pick<Field, "title" | "put" | "read">): Field => ({
    ...of,
    name,
    values: known[name] ?? [valueFor(schema, 1), valueFor(schema, 2), valueFor(schema, 3, oddText)],
    isOfDraftsOnly: ofDraftsOnly.has(name),
  });
  const own = optionalOf(body).filter(([name]) => name !== "lines");
  return [
    ...own.map(([name, schema]) =>
      field(name, schema, { title: name, put: (to, value) => ({ ...to, [name]: value }), read: (from) => from[name] }),
    ),
    ...optionalOf(document.plain(lines.items ?? {})).map(([name, schema]) =>
      field(name, schema, {
        title: `${name} of a line`,
        put: (to, value) => ({ ...to, lines: (to.lines as Fields[]).map((line, i) => (i === 0 ? { ...line, [name]: value } : line)) }),
        read: (from) => from.lines[0][name],
      }),
    ),
  ];
}

/** A text of the schema's that begins with the words. */
type Text = (words: string, schema: JsonSchema) => string;

/** Plain, so that the fast reader of batches reads what it can; the odd spelling writes it in escapes. */
const plainText: Text = (words) => `${words} ${crypto.randomUUID().slice(0, 8)}`;

/** With what has to be escaped in JSON, what takes two bytes and three, and a surrogate pair. What may be empty may run over lines. */
const oddText: Text = (words, { minLength }) =>
  `${words} "quoted" \\ back\\n Größe € 🧾${minLength === undefined ? "\n\tnext\r\n" : " "}${crypto.randomUUID().slice(0, 8)} "\\`;

const ofLines: JsonSchema = { minLength: 1 };

/** A value of the schema's, another for another number. */
function valueFor(schema: JsonSchema, no: number, text: Text = plainText): unknown {
  const { type, format, additionalProperties, items, properties, enum: choices, minimum = 0, minLength } = document.plain(schema);
  if (choices) return choices[no % choices.length];
  switch (type) {
    case "integer":
    case "number":
      return minimum + no;
    case "boolean":
      return no === 1;
    case "array":
      return [valueFor(items ?? {}, no, text)];
    case "object":
      if (typeof additionalProperties === "object")
        return { [text(`key ${no}`, ofLines)]: valueFor(additionalProperties, no, text), region: `emea ${no}` };
      return Object.fromEntries(Object.entries(properties ?? {}).map(([name, property]) => [name, valueFor(property, no, text)]));
    default:
      if (format === "uuid") return crypto.randomUUID();
      if (format === "date") return `2026-0${no}-15`;
      if (format === "date-time") return `2036-0${no}-15T09:30:00.000Z`;
      return text(`text ${no}`, minLength === undefined ? {} : { minLength });
  }
}

function emptyOf(field: Field): unknown {
  return Object.hasOwn(emptyAnswers, field.name) ? emptyAnswers[field.name] : null;
}

/** Says of a resource what every field of it has to be. */
function mustSay(resource: Resource, fields: readonly Field[], said: ReadonlyMap<Field, unknown>): void {
  const expected = (field: Field) => {
    const isShown = !field.isOfDraftsOnly || resource.status === "draft" || resource.status === "pending_approval";
    return isShown && said.has(field) ? said.get(field) : emptyOf(field);
  };
  expect(Object.fromEntries(fields.map((field) => [field.title, field.read(resource)]))).toEqual(
    Object.fromEntries(fields.map((field) => [field.title, expected(field)])),
  );
}

const bare = {
  date: "2026-06-08",
  lines: [
    { accountCode: codes.cash, side: "debit", amount: 1 },
    { accountCode: codes.sales, side: "credit", amount: 1 },
  ],
};

/** The same JSON, written as few do: keys the other way round and in escapes, spaces between all of it, texts in escapes. */
function oddly(value: unknown): string {
  if (typeof value === "string")
    return `"${value
      .split("")
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
      .join("")}"`;
  if (Array.isArray(value)) return `[ ${value.map(oddly).join(" ,\n ")} ]`;
  if (typeof value !== "object" || value === null) return ` ${JSON.stringify(value)}\t`;
  const members = Object.entries(value).reverse();
  return `{ ${members.map(([name, member]) => `${oddly(name)} : ${oddly(member)}`).join(" , ")} }`;
}

interface Sent {
  readonly said: ReadonlyMap<Field, unknown>;
  readonly body: Fields;
}

/** Which of a field's values is said. */
type Which = 0 | 1 | 2;
/** Plain values, and then the odd ones. */
const usual: readonly Which[] = [0, 2];

function saying(fields: readonly Field[], which: Which): Sent {
  const said = new Map(fields.map((field) => [field, field.values[which]]));
  return { said, body: [...said].reduce((body, [field, value]) => field.put(body, value), bare as Fields) };
}

/** Each field alone, all of them together and none, in a round of each kind of values. */
function casesOf(fields: readonly Field[], rounds = usual): readonly Sent[] {
  const sets = [...fields.map((field) => [field]), fields, []];
  return rounds.flatMap((which) => sets.map((set) => saying(set, which)));
}

/** One body's own external id: it is never given twice. */
function unique({ said, body }: Sent): Sent {
  const externalId = [...said.keys()].find(({ name }) => name === "externalId");
  if (externalId === undefined) return { said, body };
  const value = `external ${crypto.randomUUID()} ${said.get(externalId)}`;
  return { said: new Map([...said, [externalId, value]]), body: externalId.put(body, value) };
}

interface Office extends Books {
  readonly preparer: Api;
}

/** Books with entries that others may replace. */
async function newOffice(approvalPolicy = "none"): Promise<Office> {
  const books = await newBooks();
  expect((await books.api.patch(`/entities/${books.entityId}`, { approvalPolicy })).status).toBe(200);
  return { ...books, preparer: await books.api.withRole("PREPARER") };
}

async function taken(answer: Promise<Answer>, status: number): Promise<Answer> {
  const { text, ...rest } = await answer;
  expect(rest.status, text.slice(0, 300)).toBe(status);
  return { text, ...rest };
}

const send = (api: Api, path: string, body: unknown, status: number, headers: Record<string, string> = freshKey()) =>
  taken(api.post(path, body, headers), status);

/** Writes the bodies and gives what became of each, and how to have each answer again. */
interface Written {
  readonly resource: Resource;
  readonly path: "/journal-entries" | "/holds";
  readonly repeat?: () => Promise<Answer>;
  readonly text: string;
}

async function once(api: Api, path: string, body: unknown, status: number): Promise<Written> {
  const headers = freshKey();
  const { text, body: resource } = await send(api, path, body, status, headers);
  const collection = path.startsWith("/holds") && !path.endsWith("/settle") ? "/holds" : "/journal-entries";
  return { resource, path: collection, text, repeat: () => api.post(path, body, headers) };
}

async function batch(api: Api, mode: "each" | "atomic", bodies: readonly Fields[], spell: (value: unknown) => string): Promise<Written[]> {
  const [text, headers] = [spell({ mode, entries: bodies }), freshKey()];
  const post = () => api.send("POST", "/journal-entries/batch", { text, headers });
  const answer = await taken(post(), mode === "atomic" ? 201 : 200);
  return answer.body.data.map((resource: Resource) => ({ resource, path: "/journal-entries", text: answer.text, repeat: post }));
}

const eachBy =
  (write: (office: Office, body: Fields) => Promise<Written>) =>
  async (office: Office, bodies: readonly Fields[]): Promise<Written[]> => {
    const written: Written[] = [];
    for (const body of bodies) written.push(await write(office, body));
    return written;
  };

type Way = (office: Office, bodies: readonly Fields[]) => Promise<readonly Written[]>;

/** Every way in which an entry is posted. */
const ways: Readonly<Record<string, Way>> = {
  "posted at once": eachBy(({ api }, body) => once(api, "/journal-entries", body, 201)),
  "posted at once, spelled oddly": eachBy(async ({ api }, body) => {
    const headers = freshKey();
    const post = () => api.send("POST", "/journal-entries", { text: oddly(body), headers });
    const { body: resource, text } = await taken(post(), 201);
    return { resource, path: "/journal-entries", text, repeat: post };
  }),
  "in an atomic batch": ({ api }, bodies) => batch(api, "atomic", bodies, JSON.stringify),
  "in an atomic batch, spelled oddly": ({ api }, bodies) => batch(api, "atomic", bodies, oddly),
  "in a batch of each": ({ api }, bodies) => batch(api, "each", bodies, JSON.stringify),
  "in a batch of each, spelled oddly": ({ api }, bodies) => batch(api, "each", bodies, oddly),
  // What the fast reader leaves to the parser, it leaves with all of the batch.
  "in batches of one": eachBy(async ({ api }, body) => (await batch(api, "atomic", [body], JSON.stringify))[0] as Written),
  "as a draft that is posted": eachBy(async ({ api }, body) => {
    const draft = await once(api, "/entries", body, 201);
    return once(api, `/journal-entries/${draft.resource.id}/post`, undefined, 200);
  }),
  "as a draft that is submitted and approved": eachBy(async ({ api, preparer }, body) => {
    const { resource: draft } = await once(preparer, "/entries", body, 201);
    await once(preparer, `/journal-entries/${draft.id}/submit`, undefined, 200);
    return once(api, `/journal-entries/${draft.id}/approve`, { version: 2 }, 200);
  }),
  "as a draft that is written by changes": eachBy(async ({ api }, body) => {
    const { resource: draft } = await once(api, "/entries", bare, 201);
    await taken(api.patch(`/journal-entries/${draft.id}`, body), 200);
    return once(api, `/journal-entries/${draft.id}/post`, undefined, 200);
  }),
};

/** Values that have to be true of the books. Each condition has its own test below. */
function knownValues(ids: readonly string[]): KnownValues {
  const [first, second] = ids;
  return { replaces: [first, second, first], conditions: [{ minPosted: -1_000_000 }, { maxPosted: 1_000_000 }, { minPosted: -2_000_000 }] };
}

async function replaceable({ api }: Books): Promise<string[]> {
  const posted = await batch(api, "atomic", [bare, bare], JSON.stringify);
  return posted.map(({ resource }) => resource.id);
}

async function found(api: Api, { path, resource }: Written): Promise<{ readonly read: Resource; readonly listed: Resource }> {
  const read = await taken(api.get(`${path}/${resource.id}`), 200);
  const { data } = (await taken(api.get(`${path}?limit=200`), 200)).body;
  return { read: read.body, listed: data.find(({ id }: Resource) => id === resource.id) };
}

async function closeOut({ api, ledgerId }: Books): Promise<void> {
  const generations = async () => (await api.get(`/ledgers/${ledgerId}/generations`)).body.data?.length;
  const before = await generations();
  const { body: job } = await send(api, `/ledgers/${ledgerId}/close-out`, { force: true }, 202);
  await expect.poll(generations, { timeout: 30_000 }).toBe(before + 1);
  await expect.poll(async () => (await api.get(`/jobs/${job.id}`)).status, { timeout: 30_000 }).toBe(200);
}

test("the fields are read from the document, and there are some", () => {
  const names = (operationId: string) => fieldsOf(operationId, {}).map(({ title }) => title);
  expect(names("postEntry")).toEqual(expect.arrayContaining(["description", "metadata", "memo of a line", "tags of a line"]));
  // What one way of writing an entry takes, all take.
  expect(names("createDraft")).toEqual(names("postEntry"));
  expect(names("updateDraft")).toEqual(expect.arrayContaining(names("postEntry")));
  const ofBatch = document.plain(document.plain(schemaOf("postEntryBatch").properties?.entries ?? {}).items ?? {});
  expect(optionalOf(ofBatch).map(([name]) => name)).toEqual(optionalOf(schemaOf("postEntry")).map(([name]) => name));
  // The batches of one go both of their ways.
  const batches = casesOf(fieldsOf("postEntry", {}), [0]).map(({ body }) => JSON.stringify({ mode: "atomic", entries: [body] }));
  const readFast = batches.map((text) => readPlainBatch(text, new TextEncoder().encode(text)) !== undefined);
  expect(new Set(readFast)).toEqual(new Set([true, false]));
});

test("each text of a field is odd once, over several lines where the schema has them", () => {
  const fields = fieldsOf("postEntry", {});
  const said = Object.fromEntries(fields.map(({ title, values }) => [title, JSON.stringify(values[2])]));
  const isOdd = (text: string | undefined) => ['\\"', "\\\\", "ß", "€", "🧾"].every((part) => text?.includes(part));
  const odd = Object.keys(said).filter((title) => isOdd(said[title]));
  const isText = ({ values }: Field) => JSON.stringify(values[0])?.includes("text 1");
  expect(odd).toEqual(fields.filter(isText).map(({ title }) => title));
  expect(odd).toEqual(expect.arrayContaining(["description", "externalId", "memo of a line", "metadata", "reference", "tags of a line"]));
  const overLines = odd.filter((title) => said[title]?.includes("\\r\\n"));
  expect(overLines).toEqual(expect.arrayContaining(["description", "memo of a line", "metadata"]));
});

describe("every field of an entry comes back, in the answer, by its id, in the list, when the request comes again, and after a close-out", () => {
  test.each(Object.entries(ways))("%s", async (_, write) => {
    const office = await newOffice();
    const fields = fieldsOf("postEntry", knownValues(await replaceable(office)));
    const cases = casesOf(fields).map(unique);
    const written = await write(
      office,
      cases.map(({ body }) => body),
    );
    expect(written).toHaveLength(cases.length);
    const check = async () => {
      for (const [i, { said }] of cases.entries()) {
        const one = written[i] as Written;
        mustSay(one.resource, fields, said);
        const { read, listed } = await found(office.api, one);
        mustSay(read, fields, said);
        expect(listed).toEqual(read);
        expect((await one.repeat?.())?.text).toBe(one.text);
      }
    };
    await check();
    await closeOut(office);
    await check();
  });

  test("as an entry that waits for an approval, and once it is approved", async () => {
    const office = await newOffice("required");
    const fields = fieldsOf("postEntry", knownValues(await replaceable(office)));
    const waiting: { readonly said: ReadonlyMap<Field, unknown>; readonly one: Written }[] = [];
    for (const { said, body } of casesOf(fields).map(unique))
      waiting.push({ said, one: await once(office.preparer, "/journal-entries", body, 202) });
    const look = async () => {
      for (const { said, one } of waiting) {
        mustSay(one.resource, fields, said);
        const { read, listed } = await found(office.api, one);
        mustSay(read, fields, said);
        expect(listed).toEqual(read);
      }
    };
    await look();
    await closeOut(office);
    await look();
    for (const { said, one } of waiting) {
      const approved = await once(office.api, `/journal-entries/${one.resource.id}/approve`, { version: 1 }, 200);
      mustSay(approved.resource, fields, said);
    }
  });
});

describe("every field of a draft", () => {
  let office: Office;
  let fields: Field[];
  beforeAll(async () => {
    office = await newOffice();
    fields = fieldsOf("createDraft", knownValues(await replaceable(office)));
  });

  test("is set, changed and taken away, each by itself, and the others stay", async () => {
    for (const [i, { said, body }] of casesOf(fields).entries()) {
      const { resource: draft } = await once(office.api, "/entries", bare, 201);
      const change = async (change: Fields, expected: ReadonlyMap<Field, unknown>) => {
        const changed = await taken(office.api.patch(`/journal-entries/${draft.id}`, change), 200);
        mustSay(changed.body, fields, expected);
        mustSay((await office.api.get(`/journal-entries/${draft.id}`)).body, fields, expected);
      };
      // Of the body what was said alone: the rest of it is there.
      const only = (sent: Fields) => Object.fromEntries(Object.entries(sent).filter(([name, value]) => value !== bare[name as "date"]));
      if (said.size === 0) continue;
      await change(only(body), said);
      const other = casesOf(fields, [1, 0])[i] as Sent;
      await change(only(other.body), other.said);
      await change({ date: "2026-06-09" }, other.said);
      const names = [...said.keys()].filter(({ title, name }) => title === name).map(({ name }) => [name, null]);
      const left = names.length < said.size ? { lines: bare.lines } : {};
      await change({ ...Object.fromEntries(names), ...left }, new Map());
      expect((await office.api.send("POST", `/journal-entries/${draft.id}/void`, { body: { reason: "done" } })).status).toBe(200);
    }
  });

  test("is carried over a close-out while the draft is open, and into the entry that it becomes", async () => {
    const drafts: { readonly said: ReadonlyMap<Field, unknown>; readonly one: Written }[] = [];
    for (const { said, body } of casesOf(fields).map(unique)) drafts.push({ said, one: await once(office.api, "/entries", body, 201) });
    await closeOut(office);
    for (const { said, one } of drafts) {
      const { read, listed } = await found(office.api, one);
      mustSay(read, fields, said);
      expect(listed).toEqual(read);
      expect((await one.repeat?.())?.text).toBe(one.text);
      const posted = await once(office.api, `/journal-entries/${one.resource.id}/post`, undefined, 200);
      mustSay(posted.resource, fields, said);
    }
  });
});

test("every field of a hold comes back, is carried over a close-out, and is said by the entry that settles it", async () => {
  const office = await newOffice();
  const all = fieldsOf("placeHold", knownValues(await replaceable(office)));
  const ofEntries = fieldsOf("postEntry", {}).map(({ title }) => title);
  // A hold of a group has no end of its own: no body has all fields.
  const alone = all.filter(({ name }) => name === "expiresAt" || name === "groupId");
  const sets = [...alone.map((left) => all.filter((field) => field !== left)), ...all.map((field) => [field])];
  const cases = usual.flatMap((which) => sets.map((set) => unique(saying(set, which))));
  const placed: { readonly said: ReadonlyMap<Field, unknown>; readonly one: Written }[] = [];
  for (const { said, body } of cases) placed.push({ said, one: await once(office.api, "/holds", body, 201) });
  const check = async () => {
    for (const { said, one } of placed) {
      mustSay(one.resource, all, said);
      const { read, listed } = await found(office.api, one);
      mustSay(read, all, said);
      expect(listed).toEqual(read);
      expect((await one.repeat?.())?.text).toBe(one.text);
    }
  };
  await check();
  await closeOut(office);
  await check();
  for (const { said, one } of placed) {
    const { resource: entry } = await once(office.api, `/holds/${one.resource.id}/settle`, {}, 201);
    const shared = all.filter(({ title }) => ofEntries.includes(title));
    mustSay(entry, shared, new Map([...said].filter(([field]) => shared.includes(field))));
  }
});

describe("under an external id that exists, the same content answers what exists and another content is refused, field by field", () => {
  const makers = {
    "an entry": { path: "/journal-entries", operationId: "postEntry", taken: "EXTERNAL_ID_TAKEN" },
    "a draft": { path: "/entries", operationId: "createDraft", taken: "EXTERNAL_ID_TAKEN" },
    "a hold": { path: "/holds", operationId: "placeHold", taken: "EXTERNAL_ID_TAKEN" },
  } as const;

  test.each(Object.entries(makers))("%s", async (_, { path, operationId, taken: code }) => {
    const office = await newOffice();
    const fields = fieldsOf(operationId, knownValues(await replaceable(office))).filter(({ name }) => name !== "externalId");
    const words = { 0: plainText("external", {}), 2: oddText("external", ofLines) };
    const named = ([0, 2] as const).flatMap((which) =>
      fields.map((field) => ({ field, value: field.values[which], externalId: `${words[which]} ${crypto.randomUUID()}` })),
    );
    const bodies = named.map(({ field, value, externalId }) => field.put({ ...bare, externalId }, value));
    const made: Written[] = [];
    for (const body of bodies) made.push(await once(office.api, path, body, 201));
    const check = async () => {
      for (const [i, { field, externalId }] of named.entries()) {
        const body = bodies[i] as Fields;
        const same = await send(office.api, path, body, 200);
        expect(same.body.id).toBe(made[i]?.resource.id);
        const others = [field.put(body, field.values[1]), { ...bare, externalId }];
        for (const other of others) {
          const answer = await office.api.post(path, other, freshKey());
          // What holds of the books when it is written is no content.
          if (field.isOfDraftsOnly) expect({ field: field.title, status: answer.status }).toEqual({ field: field.title, status: 200 });
          else expect({ field: field.title, code: answer.body.error?.code }).toEqual({ field: field.title, code });
        }
      }
    };
    await check();
    await closeOut(office);
    await check();
  });
});

test("a reversal says what its table says of every field", async () => {
  const office = await newOffice();
  const fields = fieldsOf("postEntry", knownValues(await replaceable(office)));
  const rows: Readonly<Record<string, { readonly reversed: boolean }>> = entryFields;
  for (const which of usual) {
    const { said, body } = unique(saying(fields, which));
    const { resource: entry } = await once(office.api, "/journal-entries", body, 201);
    const repeated = new Map([...said].filter(([field]) => rows[field.name]?.reversed ?? true));
    const reason = which === 2 ? oddText("Twice", ofLines) : "Twice";
    const reversal = await once(office.api, `/journal-entries/${entry.id}/reverse`, { date: "2026-06-30", reason }, 201);
    const { read, listed } = await found(office.api, reversal);
    for (const resource of [reversal.resource, read, listed]) {
      mustSay(resource, fields, repeated);
      expect(resource.reason).toBe(reason);
    }
  }
});

describe("every condition of a line", () => {
  /** For each a value that the books do not meet. */
  const unmet: Readonly<Record<string, readonly [value: number, code: string]>> = {
    expectedVersion: [999, "VERSION_STALE"],
    minPosted: [1_000_000, "CONDITION_FAILED"],
    maxPosted: [-1_000_000, "CONDITION_FAILED"],
    minAvailable: [1_000_000, "CONDITION_FAILED"],
    maxAvailable: [-1_000_000, "CONDITION_FAILED"],
  };

  test("is checked in every way of writing", async () => {
    const office = await newOffice();
    const line = document.plain(document.plain(schemaOf("postEntry").properties?.lines ?? {}).items ?? {});
    const names = Object.keys(document.plain(line.properties?.conditions ?? {}).properties ?? {});
    expect(Object.keys(unmet)).toEqual(names);
    const { api } = office;
    for (const [name, [value, code]] of Object.entries(unmet)) {
      const body = { ...bare, lines: bare.lines.map((of, i) => (i === 0 ? { ...of, conditions: { [name]: value } } : of)) };
      const refusals = {
        post: await api.post("/journal-entries", body, freshKey()),
        oddly: await api.send("POST", "/journal-entries", { text: oddly(body), headers: freshKey() }),
        hold: await api.post("/holds", body, freshKey()),
        draft: await api.send("POST", `/journal-entries/${(await once(api, "/entries", body, 201)).resource.id}/post`),
        atomic: await api.post("/journal-entries/batch", { mode: "atomic", entries: [body] }, freshKey()),
      };
      const codesOf = Object.entries(refusals).map(([way, answer]) => [way, answer.body.error?.code]);
      expect({ [name]: Object.fromEntries(codesOf) }).toEqual({ [name]: Object.fromEntries(codesOf.map(([way]) => [way, code])) });
      for (const spell of [JSON.stringify, oddly]) {
        const [{ resource } = { resource: {} }] = await batch(api, "each", [body], spell);
        expect({ [name]: resource.error?.code }).toEqual({ [name]: code });
      }
    }
  });
});
