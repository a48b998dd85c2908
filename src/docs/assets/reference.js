// Starts the API reference on the document of this instance. Nothing here, and nothing it starts, leaves the origin.
const mount = document.getElementById("content");
const sandbox = JSON.parse(document.getElementById("sandbox").textContent);

const [{ createApiReference }, api, ids] = await Promise.all([
  import(mount.dataset.bundle),
  fetch("/api/openapi.json").then((answer) => answer.json()),
  sandbox ? sandboxIds() : {},
]);

// The document names its base by path; in the snippets it has to be whole.
api.servers = [{ url: new URL(api.servers[0].url, location.origin).href, description: "This instance" }];
for (const [path, item] of Object.entries(api.paths)) {
  for (const operation of Object.values(item)) {
    if (operation.parameters) operation.parameters = operation.parameters.map((parameter) => filled(resolved(parameter), path));
    for (const [status, answer] of Object.entries(operation.responses)) {
      operation.responses[status] = resolved(answer);
      if (answer.$ref) keepExamples(operation.responses[status], operation["x-error-codes"][status]);
    }
  }
}

/** Ids of the sandbox, so that what is tried from the page finds something: by parameter, and by the collection before {id}. */
async function sandboxIds() {
  const first = async (list) => {
    const answer = await fetch(`/api/v1/${list}`, { headers: { "X-API-Key": sandbox.key } });
    return answer.ok ? (await answer.json()).data[0]?.id : undefined;
  };
  const entity = sandbox.entityId;
  const lists = [`ledgers?entityId=${entity}`, `accounts?entityId=${entity}&code=1010`, `journal-entries?entityId=${entity}&limit=1`];
  const [ledger, account, entry] = entity ? await Promise.all(lists.map(first)) : [];
  return {
    siteid: sandbox.siteId,
    companyid: entity,
    entityid: entity,
    "x-organization-id": entity,
    ledgerid: ledger,
    accountid: account,
    accountids: account,
    "/entities/{id}": entity,
    "/ledgers/{id}": ledger,
    "/accounts/{id}": account,
    "/journal-entries/{id}": entry,
    "/transfers/{id}": entry,
  };
}

/** A copy of what many operations refer to, with what this one says of it: Scalar leaves out the description beside a reference. */
function resolved({ $ref, ...own }) {
  if ($ref === undefined) return own;
  const [kind, name] = $ref.split("/").slice(-2);
  return { ...structuredClone(api.components[kind][name]), ...own };
}

/** Leaves the examples of the codes with which the operation refuses. Scalar would show those of RFC 9457's form for both; the introduction describes it. */
function keepExamples(answer, codes) {
  const json = answer.content["application/json"];
  json.examples = Object.fromEntries(codes.map((code) => [code, json.examples[code]]));
  answer.content = { "application/json": json };
}

/** A parameter with the value that the form begins with. An optional one is there to be ticked: only what the call needs is sent. */
function filled(parameter, path) {
  const name = parameter.name.toLowerCase();
  const schema = parameter.schema ?? {};
  const collection = /\/[\w-]+\/\{id\}/.exec(path)?.[0];
  const known = ids[name] ?? (name === "id" ? ids[collection] : undefined);
  // Fresh for each operation and visit: with the document's example every visitor would post the same post.
  const value =
    name === "idempotency-key"
      ? crypto.randomUUID()
      : (known ?? parameter.example ?? schema.example ?? schema.default ?? schema.enum?.[0] ?? "");
  const sent = parameter.required || name === "idempotency-key" || (name === "x-organization-id" && known !== undefined);
  parameter.examples = { default: { value, "x-disabled": !sent } };
  delete parameter.example;
  if (parameter.schema) delete parameter.schema.example;
  return parameter;
}

/** Every way of authenticating, with the sandbox key in it where there is one. */
function authentication() {
  if (!sandbox) return { preferredSecurityScheme: "apiKey" };
  return { preferredSecurityScheme: "apiKey", securitySchemes: { apiKey: { value: sandbox.key }, bearer: { token: sandbox.key } } };
}

mount.replaceChildren();
createApiReference(mount, {
  content: api,
  authentication: authentication(),
  theme: "none",
  layout: "modern",
  withDefaultFonts: false,
  telemetry: false,
  agent: { disabled: true },
  mcp: { disabled: true },
  showDeveloperTools: "never",
  hideClientButton: true,
  persistAuth: false,
  documentDownloadType: "json",
  defaultHttpClient: { targetKey: "shell", clientKey: "curl" },
  orderSchemaPropertiesBy: "preserve",
  orderRequiredPropertiesFirst: false,
  modelsSectionLabel: "Schemas",
  operationTitleSource: "summary",
  metaData: { title: document.title },
});
