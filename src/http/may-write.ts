/** The routes to which a POST writes nothing, by the end of their path: what is refused to writes is answered to them. */
const readingPosts: readonly string[] = ["/journal-entries/validate"];
const readingMethods = new Set(["GET", "HEAD", "OPTIONS"]);

/** Whether a request to this path, without its query, may write. */
export function mayWrite(method: string, path: string): boolean {
  if (readingMethods.has(method)) return false;
  return method !== "POST" || !readingPosts.some((reading) => path.endsWith(reading));
}
