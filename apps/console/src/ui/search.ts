/** What stands behind `?` in an address: texts by name, never numbers or JSON, so that people can read and write it. */
export type Search = Readonly<Record<string, string | undefined>>;

export function parseSearch(text: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(text));
}

/** `:` and `,` stay readable, as in `ctx=account:jim,user:bob`. */
export function formatSearch(search: object): string {
  const parts = Object.entries(search as Search).flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [`${encodeURIComponent(name)}=${readable(value)}`],
  );
  return parts.length === 0 ? '' : `?${parts.join('&')}`;
}

function readable(value: string): string {
  return encodeURIComponent(value).replace(/%3A/g, ':').replace(/%2C/g, ',').replace(/%2F/g, '/').replace(/%20/g, '+');
}
