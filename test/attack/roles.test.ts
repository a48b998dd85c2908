import { beforeAll, describe, expect, test } from "vitest";
import { apiRoutes } from "../../src/app.ts";
import { may, type Permission, type Role, roles } from "../../src/kernel/role.ts";
import { type Api, newSite, request } from "../support/site.ts";
import "../../src/index.ts";

const definitions = apiRoutes.map(({ definition }) => definition);

const unknown = "01980c1e-7e0c-7abc-9def-0123456789ab";
const keys = new Map<Role, Api>();

beforeAll(async () => {
  const { api } = await newSite();
  for (const role of roles) keys.set(role, role === "OWNER" ? api : await api.withRole(role));
});

const guarded = definitions
  .filter((definition) => definition.permission !== "public")
  .map(({ operationId, method, path, permission }) => ({
    operationId,
    method: method.toUpperCase(),
    path: path.replace(/\{\w+\}/g, unknown),
    permission: permission as Permission,
  }));

test("every operation but signing up, signing in and health asks for a permission", () => {
  const open = definitions.filter((definition) => definition.permission === "public").map((definition) => definition.operationId);
  expect(open.filter((operationId) => !/[hH]ealth$/.test(operationId)).sort()).toEqual(["createAuthToken", "signUp"]);
  expect(guarded.length).toBeGreaterThan(50);
});

describe.each(guarded)("$operationId ($permission)", ({ method, path, permission }) => {
  test("lets through exactly the roles that reach it", async () => {
    for (const [role, api] of keys) {
      const answer = await api.send(method, path, method === "GET" || method === "DELETE" ? {} : { body: {} });
      expect(answer.status, role).toBeLessThan(500);
      // Rejected for its role, whatever else is wrong with it; let through, it fails for what else is wrong.
      if (may(role, permission)) expect(answer.body?.error?.code, role).not.toBe("FORBIDDEN");
      else expect(answer.body, role).toMatchObject({ error: { code: "FORBIDDEN" } });
    }
  });

  test("takes a key", async () => {
    const answer = await request(method, `/api/v1${path}`, { "cf-connecting-ip": `${method} ${path}` });
    expect(answer.status).toBe(401);
  });
});
