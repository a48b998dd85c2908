import { z } from "@hono/zod-openapi";
import { answer, answerNothing, answerOnce } from "../../http/answers.ts";
import { etagOf } from "../../http/etag.ts";
import { idField } from "../../http/fields.ts";
import { pageExample } from "../../http/page-query.ts";
import { type Route, route } from "../../http/route.ts";
import { ledgerRefusals, pendingExample } from "../ledgers/index.ts";
import { createEntity } from "./create-entity.ts";
import { deleteEntity } from "./delete-entity.ts";
import { getCompany, getEntity } from "./get-entity.ts";
import { listCompanies, listEntities } from "./list-entities.ts";
import {
  CreateEntityRequest,
  Entity,
  EntityList,
  entityExample,
  ListCompaniesQuery,
  ListEntitiesQuery,
  UpdateEntityRequest,
} from "./schemas.ts";
import { updateEntity } from "./update-entity.ts";

const byId = z.object({ id: idField });
const byCompanyId = z.object({ companyId: idField });
const listExample = pageExample(entityExample);
/** What both names of the list have in common. */
const companiesList = {
  method: "get",
  tag: "Entities",
  permission: "read",
  query: ListCompaniesQuery,
  answers: { 200: { description: "A page of companies.", schema: EntityList, example: listExample } },
  refusals: ["INVALID_CURSOR"],
} as const;

export const entityRoutes: readonly Route[] = [
  route(
    {
      operationId: "listEntities",
      method: "get",
      path: "/entities",
      tag: "Entities",
      summary: "List the legal entities of the site",
      permission: "read",
      query: ListEntitiesQuery,
      answers: { 200: { description: "A page of entities.", schema: EntityList, example: listExample } },
      refusals: ["INVALID_CURSOR"],
    },
    (context, { query }) => listEntities(context, query),
    (value) => answer(value),
  ),
  route(
    {
      operationId: "createEntity",
      method: "post",
      path: "/entities",
      tag: "Entities",
      summary: "Make a legal entity with its books",
      description: "Its functional ledger is made with it; with `chart`, the accounts of a built-in chart too: all of it or nothing.",
      permission: "catalogue:write",
      idempotency: "site",
      body: CreateEntityRequest,
      bodyExample: {
        kind: "company",
        name: "Blue Bottle Ltd",
        functionalCurrency: "USD",
        country: "US",
        externalId: "co-1",
        chart: "us-small-business",
      },
      answers: { 201: { description: "The entity.", schema: Entity, example: entityExample } },
      refusals: ["CURRENCY_UNSUPPORTED", "EXTERNAL_ID_TAKEN", "ENTITY_FORBIDDEN", ...ledgerRefusals],
    },
    (context, { body }) => createEntity(context, body),
    (once) => answerOnce(once, { status: 201, collection: "entities" }),
  ),
  route(
    {
      operationId: "getEntity",
      method: "get",
      path: "/entities/{id}",
      tag: "Entities",
      summary: "Read an entity",
      permission: "read",
      params: byId,
      answers: { 200: { description: "The entity, with its ETag.", schema: Entity, example: entityExample } },
    },
    (context, { params }) => getEntity(context, params.id),
    (entity) => answer(entity, 200, { ETag: etagOf(entity.revision) }),
  ),
  route(
    {
      operationId: "updateEntity",
      method: "patch",
      path: "/entities/{id}",
      tag: "Entities",
      summary: "Change, archive or restore an entity",
      description:
        "Kind, functional currency and fiscal year are fixed: earlier reports were told by them. A new approval policy counts for each ledger from the moment that the ledger holds it.",
      permission: "catalogue:write",
      params: byId,
      body: UpdateEntityRequest,
      bodyExample: { name: "Blue Bottle Holdings Ltd" },
      answers: {
        200: {
          description: "The entity as it is now, with its ETag.",
          schema: Entity,
          example: { ...entityExample, name: "Blue Bottle Holdings Ltd", revision: 2 },
        },
        202: {
          description:
            "The change is made; some ledgers do not hold the new approval policy yet, and `approvalPolicy` is the one that all hold. They are told again by every read or change of the entity, and by the clock; nothing needs to be repeated.",
          schema: Entity,
          example: { ...entityExample, revision: 2, pending: pendingExample },
        },
      },
      refusals: ["PRECONDITION_FAILED", "EXTERNAL_ID_TAKEN", ...ledgerRefusals],
    },
    (context, { params, body, revisions }) => updateEntity(context, params.id, body, revisions),
    (entity) => answer(entity, entity.pending === undefined ? 200 : 202, { ETag: etagOf(entity.revision) }),
  ),
  route(
    {
      operationId: "deleteEntity",
      method: "delete",
      path: "/entities/{id}",
      tag: "Entities",
      summary: "Delete an entity in whose books nothing was posted",
      description:
        "Its ledgers and accounts go with it. One whose books are in use is refused as `IN_USE`: an entry was ever posted, or a draft or a hold is open. It is archived instead: `PATCH` with `status: archived`. While that is found out, its books are read as before and writes are answered `LEDGER_FROZEN`. A request that is broken off is repeated, or goes on by itself.",
      permission: "catalogue:write",
      params: byId,
      answers: { 204: { description: "It is gone." } },
      refusals: ["IN_USE", "PRECONDITION_FAILED", ...ledgerRefusals],
    },
    (context, { params, revisions }) => deleteEntity(context, params.id, revisions),
    () => answerNothing(),
  ),
  route(
    { operationId: "listCompanies", path: "/companies", summary: "List the entities of kind company", ...companiesList },
    (context, { query }) => listCompanies(context, query),
    (value) => answer(value),
  ),
  route(
    {
      operationId: "listOrganizations",
      path: "/organizations",
      summary: "List the entities of kind company as organizations",
      description: "The same as `/companies`, where a client calls them organizations.",
      ...companiesList,
    },
    (context, { query }) => listCompanies(context, query),
    (value) => answer(value),
  ),
  route(
    {
      operationId: "getCompany",
      method: "get",
      path: "/companies/{companyId}",
      tag: "Entities",
      summary: "Read a company",
      permission: "read",
      params: byCompanyId,
      answers: { 200: { description: "The company, with its ETag.", schema: Entity, example: entityExample } },
    },
    (context, { params }) => getCompany(context, params.companyId),
    (company) => answer(company, 200, { ETag: etagOf(company.revision) }),
  ),
];
