/** A context as far as it is known: a value for each context feature that has one. */
export type ContextValues = Readonly<Record<string, string>>;

/** A context as it stands in an address: `account:jim,user:bob`. In values, `%` and `,` are percent-encoded. */
export function formatContext(context: ContextValues): string | undefined {
  const parts = Object.entries(context)
    .filter(([, value]) => value !== '')
    .map(([feature, value]) => `${feature}:${value.replace(/[%,;]/g, encodeURIComponent)}`);
  return parts.length === 0 ? undefined : parts.join(',');
}

/** What cannot be read is left out: an address may have been cut off anywhere. */
export function parseContext(text: string | undefined): ContextValues {
  const pairs = (text ?? '').split(',').map((part): readonly [string, string] => {
    const colon = part.indexOf(':');
    return colon < 1 ? ['', ''] : [part.slice(0, colon), decoded(part.slice(colon + 1))];
  });
  return Object.fromEntries(pairs.filter(([feature, value]) => feature !== '' && value !== ''));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
