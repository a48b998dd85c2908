import type { Jurisdiction, Residency } from "../kernel/region.ts";

type Objects = Rpc.DurableObjectBranded | undefined;

/** The identity of an object of a site: the same name in another jurisdiction is another object. */
export function objectId<T extends Objects>(
  namespace: DurableObjectNamespace<T>,
  jurisdiction: Jurisdiction | null,
  name: string,
): DurableObjectId {
  if (jurisdiction === null) return namespace.idFromName(name);
  try {
    return namespace.jurisdiction(jurisdiction).idFromName(name);
  } catch (error) {
    // The runtime on one's own machine knows no jurisdictions, and says so; there, another name makes it another object.
    if (!(error instanceof Error && /jurisdiction.* not implemented in workerd/i.test(error.message))) throw error;
    return namespace.idFromName(`${jurisdiction} ${name}`);
  }
}

/** The object of an identity. The hint counts when it is first asked for, and never again: objects do not move. */
export function objectAt<T extends Objects>(
  namespace: DurableObjectNamespace<T>,
  id: DurableObjectId,
  { regionHint }: Pick<Residency, "regionHint">,
): DurableObjectStub<T> {
  return regionHint === null ? namespace.get(id) : namespace.get(id, { locationHint: regionHint });
}

/** The object of a name, in the site's jurisdiction. */
export function objectOf<T extends Objects>(
  namespace: DurableObjectNamespace<T>,
  residency: Residency,
  name: string,
): DurableObjectStub<T> {
  return objectAt(namespace, objectId(namespace, residency.jurisdiction, name), residency);
}
