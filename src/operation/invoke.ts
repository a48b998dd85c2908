import type { z } from "@hono/zod-openapi";
import { present } from "../kernel/assert.ts";
import type { Permission } from "../kernel/role.ts";
import { notFound, refusal } from "../platform/refused.ts";
import { claimKey, claimOfAnybody, claimOfSite } from "./claim.ts";
import { findStoredAnswer } from "./commit-once.ts";
import { type AnonymousContext, type BaseContext, type OperationContext, requirePermission } from "./context.ts";
import { entityInContext } from "./entity.ts";
import type { Revisions } from "./revision.ts";

export type Schema = z.ZodType;
export type ParameterSchema = z.ZodObject;

/** What an operation asks of its caller, over whichever wire. */
export interface OperationDefinition<
  P extends ParameterSchema | undefined,
  Q extends ParameterSchema | undefined,
  B extends Schema | undefined,
> {
  /** The operation's name everywhere: in the document, in scopes of idempotency keys, as a tool. */
  readonly operationId: string;
  /** `public` operations take no key. */
  readonly permission: Permission | "public";
  /** What it takes of a session instead, whose user does it for what is theirs. The operation checks the rest. */
  readonly permissionInSession?: Permission;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  /** How the operation uses an idempotency key. `site`: its effect is in the site's database, and `invoke` repeats stored answers by itself. */
  readonly idempotency?: "required" | "accepted" | "site";
  /** The operation works on one entity's books: resolved before it runs. */
  readonly entity?: boolean;
  /** What it answers, by status. That of what is done for the first time is stored with an idempotency key. */
  readonly answers: { readonly [status: number]: unknown };
}

/** What an operation is given, checked. `T`: a body in a form of the wire's own. */
export interface Input<P, Q, B, T = never> {
  readonly params: P extends Schema ? z.output<P> : undefined;
  readonly query: Q extends Schema ? z.output<Q> : undefined;
  readonly body: B extends Schema ? z.output<B> | T : undefined;
  /** The entity in context, where the operation works on one's books; "" where a ledger is named instead. */
  readonly entityId: string;
  /** The entity within which an id is looked for: the one that the path scopes. */
  readonly companyId: string | undefined;
  /** The revisions or versions on which a change may be based; undefined where the caller names none. */
  readonly revisions: Revisions | undefined;
  /** The caller wants the short answer (RFC 7240, `return=minimal`). */
  readonly minimal: boolean;
}

/** What a caller hands in. Each part is read and checked when its turn comes, so that the first fault in order is the one answered. */
export interface Call extends Pick<Input<undefined, undefined, undefined>, "companyId" | "revisions" | "minimal"> {
  params(): unknown;
  query(): unknown;
  body(): unknown;
  /** An entity that is named beside path, query and body. */
  readonly organizationId: string | undefined;
  readonly idempotencyKey: string | undefined;
}

/** An operation: what it asks, and what it does. */
export interface Operation<
  C extends BaseContext,
  P extends ParameterSchema | undefined,
  Q extends ParameterSchema | undefined,
  B extends Schema | undefined,
  T,
  V,
> {
  readonly definition: OperationDefinition<P, Q, B>;
  readonly run: (context: C, input: Input<P, Q, B, T>) => Promise<V>;
}

/** What an operation answered, and what it was asked. */
export interface Invoked<I, V> {
  readonly value: V;
  readonly input: I;
}

/**
 * Does all that stands between knowing who asks and having an answer: role → parameters → body → entity → idempotency → operation, in this order.
 * Refuses by throwing `Refused`.
 */
export async function invoke<
  C extends OperationContext | AnonymousContext,
  P extends ParameterSchema | undefined,
  Q extends ParameterSchema | undefined,
  B extends Schema | undefined,
  T,
  V,
>(operation: Operation<C, P, Q, B, T, V>, context: C, call: Call): Promise<Invoked<Input<P, Q, B, T>, V>> {
  const { definition, run } = operation;
  const ofSite = isOfSite(context) ? context : undefined;
  if (definition.permission !== "public") {
    const caller = present(ofSite, "what takes a key is called with one");
    requirePermission(caller, caller.session === null ? definition.permission : (definition.permissionInSession ?? definition.permission));
  }
  const params = call.params();
  const query = call.query();
  const body = definition.body === undefined ? undefined : await call.body();
  const { companyId } = call;
  // Without a key there is no site, and so no company of it.
  if (companyId !== undefined && ofSite === undefined) throw notFound();
  // A path that names a company names one that exists, whether or not the operation works on its books.
  const namesEntity = ofSite !== undefined && (definition.entity === true || companyId !== undefined);
  const entityId = namesEntity ? await entityInContext(ofSite, { companyId, organizationId: call.organizationId, query, body }) : "";
  // Checked by the schemas of the definition, from which the input's type is made.
  const input = new CheckedInput(call, { params, query, body, entityId, companyId }) as unknown as Input<P, Q, B, T>;
  const claimed = definition.idempotency === undefined ? context : withClaim(definition, context, call.idempotencyKey, input);
  if (definition.idempotency === "site" && isOfSite(claimed)) {
    const earlier = await findStoredAnswer(claimed);
    // An operation whose effect is in the site's database answers `Once`.
    if (earlier !== undefined) return { value: earlier as V, input };
  }
  return { value: await run(claimed, input), input };
}

type Checked = Readonly<Record<"params" | "query" | "body", unknown>> & {
  readonly entityId: string;
  readonly companyId: string | undefined;
};

/** An input, which reads of its call what few operations ask for when one does: a class, because one is made for every request. */
class CheckedInput implements Checked {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
  readonly entityId: string;
  readonly companyId: string | undefined;
  readonly #call: Call;

  constructor(call: Call, { params, query, body, entityId, companyId }: Checked) {
    this.params = params;
    this.query = query;
    this.body = body;
    this.entityId = entityId;
    this.companyId = companyId;
    this.#call = call;
  }

  get revisions(): Revisions | undefined {
    return this.#call.revisions;
  }

  get minimal(): boolean {
    return this.#call.minimal;
  }
}

function isOfSite(context: OperationContext | AnonymousContext): context is OperationContext {
  return "site" in context;
}

function withClaim<C extends OperationContext | AnonymousContext>(
  definition: OperationDefinition<ParameterSchema | undefined, ParameterSchema | undefined, Schema | undefined>,
  context: C,
  given: string | undefined,
  {
    params,
    query,
    body,
    entityId,
  }: Pick<Input<unknown, unknown, unknown>, "entityId"> & Readonly<Record<"params" | "query" | "body", unknown>>,
): C {
  if (given === undefined) {
    if (definition.idempotency === "required")
      throw refusal(
        "IDEMPOTENCY_KEY_REQUIRED",
        "An Idempotency-Key header is required: a fresh random one, such as a UUID, and the same again where the request is repeated.",
      );
    return context;
  }
  const { operationId } = definition;
  const status = firstStatus(definition.answers);
  // A context under another claim is of the same kind.
  if (!isOfSite(context)) {
    const claim = claimKey(context.env, given, { operationId, entityId, status, input: body });
    return context.withClaim(claimOfAnybody(claim)) as C;
  }
  const claim = claimKey(context.env, given, { operationId, entityId, status, input: { params, query, body } });
  return context.withClaim(claimOfSite(context, claim)) as C;
}

/** The status of what is done for the first time: where it is not 200, 200 repeats what exists. */
function firstStatus(answers: OperationDefinition<undefined, undefined, undefined>["answers"]): number {
  return [201, 202, 200].find((status) => answers[status] !== undefined) ?? 204;
}
