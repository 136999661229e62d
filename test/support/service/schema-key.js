/** By what a schema's validator is found, among those that were prepared. */
export function keyOf(schema) {
  return JSON.stringify(schema);
}
