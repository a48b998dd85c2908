/** What of OpenAPI 3.1 is read and changed after the generator has written it: its own types describe the standard, not this document. */

export interface Reference {
  readonly $ref: string;
  readonly description?: string;
}

export interface DocumentedParameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema: unknown;
  readonly example?: unknown;
}

export interface DocumentedAnswer {
  readonly description: string;
  readonly headers?: Readonly<Record<string, Reference>>;
  readonly content?: Readonly<Record<string, { readonly schema?: unknown; readonly example?: unknown; readonly examples?: unknown }>>;
}

export interface DocumentedOperation {
  readonly operationId: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly (DocumentedParameter | Reference)[];
  readonly requestBody?: unknown;
  readonly responses: Readonly<Record<string, DocumentedAnswer | Reference>>;
  readonly "x-error-codes"?: Readonly<Record<string, readonly string[]>>;
}

export interface OpenApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, unknown>>; readonly [kind: string]: Readonly<Record<string, unknown>> };
  readonly [part: string]: unknown;
}
