import type { ApiDocument, Operation, Parameter } from "./api-document.ts";
import { sampleOf } from "./schema-cases.ts";
import { realParameter } from "./stage.ts";
import type { Stage } from "./stage-part.ts";

/** A parameter of the query with a value. */
export interface ParameterCase {
  readonly parameter: Parameter;
  readonly text: string;
}

function queryOf(operation: Operation): readonly Parameter[] {
  return operation.parameters.filter((parameter) => parameter.in === "query");
}

/** A parameter as its example has it, with a real id where it takes one. A cursor is only ever given out. */
export function exampleCases(document: ApiDocument, stage: Stage, operation: Operation): ParameterCase[] {
  return queryOf(operation)
    .filter(({ name }) => name !== "cursor")
    .map((parameter) => ({ parameter, text: String(realParameter(stage, parameter) ?? sampleOf(document, parameter.schema)) }));
}

/** Values that the schema of a parameter allows, at their bounds. */
export function rightCases(operation: Operation): ParameterCase[] {
  return queryOf(operation).flatMap((parameter) => {
    const { schema, name } = parameter;
    if (name === "cursor") return [];
    const values: unknown[] = [...(schema.enum ?? []), schema.minimum, schema.maximum];
    if (schema.type === "boolean") values.push(true, false);
    if (schema.type === "string" && schema.format === undefined && schema.enum === undefined)
      values.push("Zoë 会社 %_'\"", "x".repeat(schema.maxLength ?? 200));
    return distinct(parameter, values);
  });
}

/** Values of a parameter that its schema does not allow. */
export function wrongCases(operation: Operation): ParameterCase[] {
  return queryOf(operation).flatMap((parameter) => {
    const { schema, name } = parameter;
    const values: unknown[] = [];
    if (schema.type === "integer") values.push("x", "1.5", "-1", "", "1e3", " 1");
    if (schema.type === "boolean") values.push("maybe", "");
    if (schema.enum) values.push("no_such_value", "");
    if (schema.format === "uuid") values.push("not-a-uuid", "");
    if (schema.format === "date") values.push("2026-02-30", "2026-6-8", "today", "");
    if (schema.minimum !== undefined) values.push(schema.minimum - 1);
    if (schema.maximum !== undefined) values.push(schema.maximum + 1);
    if (schema.minLength) values.push("x".repeat(schema.minLength - 1));
    if (schema.maxLength !== undefined) values.push("x".repeat(schema.maxLength + 1));
    if (name === "cursor") values.push("x", "e30.x", "");
    return distinct(parameter, values);
  });
}

function distinct(parameter: Parameter, values: readonly unknown[]): ParameterCase[] {
  return [...new Set(values.filter((value) => value !== undefined).map(String))].map((text) => ({ parameter, text }));
}
