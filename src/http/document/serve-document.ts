import { refusal } from "../../platform/refused.ts";
import { answer } from "../answers.ts";
import type { Router } from "../request-context.ts";
import type { AnyDefinition } from "../route.ts";
import { enumForms, openApiDocuments } from "./openapi.ts";
import { services, type Tags } from "./tags.ts";

/** `/api/openapi.json`: of all routes, with `service` of one service's, and with `enums=open` as strict decoders need it. */
export function serveDocument(router: Router, routes: readonly AnyDefinition[], tags: Tags, version: string): void {
  const documents = openApiDocuments(routes, tags, version);
  router.get("/api/openapi.json", (c) => {
    const asked = c.req.query("service");
    const service = services.find((name) => name === asked);
    if (asked !== undefined && service === undefined) throw refusal("VALIDATION_ERROR", `service is one of ${services.join(", ")}.`);
    const askedForm = c.req.query("enums") ?? "closed";
    const form = enumForms.find((name) => name === askedForm);
    if (form === undefined) throw refusal("VALIDATION_ERROR", `enums is one of ${enumForms.join(", ")}.`);
    return answer(documents(form, service), 200, { "Access-Control-Allow-Origin": "*" });
  });
}
