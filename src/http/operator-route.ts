import { bodyBytesMax } from "../kernel/bounds.ts";
import type { AnonymousContext, BaseContext } from "../operation/context.ts";
import { type Call, type Input, invoke, type ParameterSchema, type Schema } from "../operation/invoke.ts";
import { requireOperator } from "./middleware/operator.ts";
import type { Router } from "./request-context.ts";
import type { AnyDefinition } from "./route.ts";
import { callOf, contextWithoutKey, patternOf } from "./router.ts";

interface OperatorDefinition<P, Q, B> {
  readonly operationId: string;
  readonly method: "get" | "post" | "put" | "delete";
  /** Below `/operator`, in OpenAPI's form. */
  readonly path: `/${string}`;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
}

/** What the operator of an installation does, not its users: outside the document, and there only with OPERATOR_TOKEN. */
export interface OperatorRoute {
  readonly definition: AnyDefinition;
  readonly handle: (context: AnonymousContext, call: Call) => Promise<Response>;
}

export function operatorRoute<
  V,
  P extends ParameterSchema | undefined = undefined,
  Q extends ParameterSchema | undefined = undefined,
  B extends Schema | undefined = undefined,
>(
  { path, ...given }: OperatorDefinition<P, Q, B>,
  run: (context: BaseContext, input: Input<P, Q, B>) => Promise<V>,
  answer: (value: V) => Response,
): OperatorRoute {
  // The operator's token is checked before it runs; no key is.
  const definition = { ...given, path: `/operator${path}`, permission: "public", tag: "", summary: "", answers: {} } as const;
  return {
    definition: definition as unknown as AnyDefinition,
    async handle(context, call) {
      return answer((await invoke({ definition, run }, context, call)).value);
    },
  };
}

/** Has an operator's route answer at its path, which stands beside the API. */
export function mountForOperator(router: Router, { definition, handle }: OperatorRoute): void {
  const callFrom = callOf(definition, bodyBytesMax);
  router.on(definition.method.toUpperCase(), patternOf(definition.path), async (c) => {
    requireOperator(c);
    return handle(contextWithoutKey(c), callFrom(c));
  });
}
