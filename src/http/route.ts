import type { FailureCode } from "../kernel/failures.ts";
import type { AnonymousContext, BaseContext, OperationContext } from "../operation/context.ts";
import { type Call, type Input, invoke, type OperationDefinition, type ParameterSchema, type Schema } from "../operation/invoke.ts";

/** An operation as the API shows it: where it answers, and all that the document says of it. */
export interface RouteDefinition<
  P extends ParameterSchema | undefined,
  Q extends ParameterSchema | undefined,
  B extends Schema | undefined,
  T = never,
> extends OperationDefinition<P, Q, B> {
  readonly method: "get" | "post" | "put" | "patch" | "delete";
  /** Below `/api/v1`, in OpenAPI's form: `/accounts/{id}`. */
  readonly path: `/${string}`;
  /** Other paths of the same operation. The document shows the first only. */
  readonly alsoAt?: readonly `/${string}`[];
  /** One of the tags that features declare. */
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  /** Reads bodies that are plainly valid from their text and its bytes, in a form of its own, where parsing and the schema cost too much; what it answers undefined to goes the way of the others. */
  readonly readPlain?: (text: string, bytes: Uint8Array) => T | undefined;
  readonly bodyExample?: unknown;
  /** The operation heeds `If-Match`, as every PATCH does. */
  readonly ifMatch?: true;
  /** What the document shows under these names, where the body's own schemas are made for speed and describe nothing. */
  readonly documentedSchemas?: Readonly<Record<string, Schema>>;
  /** Shown under `/companies/{companyId}` in the document where the tag says so. */
  readonly answers: {
    readonly [status: number]: {
      readonly schema?: Schema;
      readonly description: string;
      readonly example?: unknown;
      readonly mediaType?: string;
      /** The operation answers the same as a CSV file too, where `format=csv` asks for it: an example of one. */
      readonly csvExample?: string;
    };
  };
  readonly refusals?: readonly FailureCode[];
}

/** Any route's definition, whatever its input. */
export type AnyDefinition = RouteDefinition<ParameterSchema | undefined, ParameterSchema | undefined, Schema | undefined, unknown>;

/** Whether a request without a body is one with the body `{}`: what a POST takes says nothing that it needs. */
export function takesNoBody({ method, body }: AnyDefinition): boolean {
  return method === "post" && body?.safeParse({}).success === true;
}

/** A route: data for the document, the tests and the router. */
export interface Route {
  readonly definition: AnyDefinition;
  /** Invokes the operation and answers with its value. */
  readonly handle: (context: OperationContext | AnonymousContext, call: Call) => Promise<Response>;
}

/** A route whose operation works for whoever the key stands for. `answer` turns the operation's value into a response, and is all that knows HTTP. */
export function route<
  V,
  P extends ParameterSchema | undefined = undefined,
  Q extends ParameterSchema | undefined = undefined,
  B extends Schema | undefined = undefined,
  T = never,
>(
  definition: RouteDefinition<P, Q, B, T>,
  run: (context: OperationContext, input: Input<P, Q, B, T>) => Promise<V>,
  answer: (value: V, input: Input<P, Q, B, T>) => Response,
): Route {
  if (definition.permission === "public") throw new Error(`assertion failed: ${definition.operationId} takes a key`);
  return routed(definition, run, answer);
}

/** A route that takes no key. */
export function publicRoute<
  V,
  P extends ParameterSchema | undefined = undefined,
  Q extends ParameterSchema | undefined = undefined,
  B extends Schema | undefined = undefined,
>(
  definition: RouteDefinition<P, Q, B> & { readonly permission: "public" },
  run: (context: AnonymousContext, input: Input<P, Q, B>) => Promise<V>,
  answer: (value: V, input: Input<P, Q, B>) => Response,
): Route {
  return routed(definition, run, answer);
}

function routed<
  C extends BaseContext,
  P extends ParameterSchema | undefined,
  Q extends ParameterSchema | undefined,
  B extends Schema | undefined,
  T,
  V,
>(
  definition: RouteDefinition<P, Q, B, T>,
  run: (context: C, input: Input<P, Q, B, T>) => Promise<V>,
  answer: (value: V, input: Input<P, Q, B, T>) => Response,
): Route {
  const operation = { definition, run };
  return {
    // The list of routes forgets what each input is: only `handle`, made here, knows it.
    definition: definition as unknown as AnyDefinition,
    async handle(context, call) {
      // The router gives public routes an anonymous context and all others that of the key.
      const { value, input } = await invoke(operation as never, context as never, call);
      return answer(value as V, input as Input<P, Q, B, T>);
    },
  };
}
