// Starts the API reference on the document of this instance. Nothing here, and nothing it starts, leaves the origin.
const mount = document.getElementById("content");
const sandbox = JSON.parse(document.getElementById("sandbox").textContent);

const [{ createApiReference }, api] = await Promise.all([
  import(mount.dataset.bundle),
  fetch("/api/openapi.json").then((answer) => answer.json()),
]);

// The document names its base by path; in the snippets it has to be whole.
api.servers = [{ url: new URL(api.servers[0].url, location.origin).href, description: "This instance" }];
for (const operation of Object.values(api.paths).flatMap((path) => Object.values(path))) {
  for (const parameter of operation.parameters ?? []) fill(parameter);
}

function fill(parameter) {
  const name = parameter.name.toLowerCase();
  // A key that is fresh for each operation and visit: the document's example would make every visitor's post the same post.
  if (name === "idempotency-key") set(parameter, crypto.randomUUID());
  if (sandbox?.entityId && (name === "companyid" || name === "entityid" || name === "x-organization-id")) set(parameter, sandbox.entityId);
  if (sandbox?.siteId && name === "siteid") set(parameter, sandbox.siteId);
}

function set(parameter, value) {
  parameter.example = value;
  delete parameter.schema?.example;
}

function authentication() {
  const schemes = Object.entries(api.components?.securitySchemes ?? {});
  const preferred = schemes.find(([, scheme]) => scheme.type === "apiKey") ?? schemes[0];
  const filled = schemes.map(([name, scheme]) => [
    name,
    scheme.type === "http" ? { token: sandbox?.key ?? "" } : { value: sandbox?.key ?? "" },
  ]);
  return { preferredSecurityScheme: preferred?.[0] ?? null, securitySchemes: sandbox ? Object.fromEntries(filled) : {} };
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
