import { refusal } from "../../platform/refused.ts";
import { answer } from "../answers.ts";
import type { AnyRoute, Router } from "../router.ts";
import { enumForms, openApiDocuments, services } from "./openapi.ts";

/** `/api/openapi.json`: of all routes, with `service` of one service's, and with `enums=open` as strict decoders need it. */
export function serveDocument(router: Router, routes: readonly AnyRoute[], version: string): void {
  const documents = openApiDocuments(routes, version);
  router.get("/api/openapi.json", (c) => {
    const service = c.req.query("service");
    if (service !== undefined && !services.includes(service))
      throw refusal("VALIDATION_ERROR", `service is one of ${services.join(", ")}.`);
    const asked = c.req.query("enums") ?? "closed";
    const form = enumForms.find((name) => name === asked);
    if (form === undefined) throw refusal("VALIDATION_ERROR", `enums is one of ${enumForms.join(", ")}.`);
    return answer(documents(form, service), 200, { "Access-Control-Allow-Origin": "*" });
  });
}
