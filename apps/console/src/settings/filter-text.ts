/** What a list of settings is filtered by, as an address and the filter line have it. */
export type SettingsFilter = Readonly<{
  /** Part of a name or alias. */
  text: string;
  type: string | undefined;
  owner: string | undefined;
  feature: string | undefined;
  /** `rules`, `rollouts`, `override`, `findings`. */
  has: readonly string[];
}>;

export const HAS = ['rules', 'rollouts', 'override', 'findings'] as const;
const NAMES = ['type', 'owner', 'feature', 'has'] as const;

/** Reads `checkout type:bool owner:"web team" has:rollouts`; what is no filter is part of the text. */
export function parseFilter(line: string): SettingsFilter {
  const rest: string[] = [];
  const found = new Map<string, string[]>();
  for (const [word = '', name = '', quoted, bare = ''] of line.matchAll(/(?:(\w+):(?:"([^"]*)"|(\S*))|\S+)/g)) {
    const value = quoted ?? bare;
    const isFilter = (NAMES as readonly string[]).includes(name) && value !== '';
    if (!isFilter || (name === 'has' && !(HAS as readonly string[]).includes(value))) rest.push(word);
    else found.set(name, [...(found.get(name) ?? []), value]);
  }
  const last = (name: string): string | undefined => found.get(name)?.at(-1);
  return {
    text: rest.join(' '),
    type: last('type'),
    owner: last('owner'),
    feature: last('feature'),
    has: [...new Set(found.get('has'))],
  };
}

export function formatFilter({ text, type, owner, feature, has }: SettingsFilter): string {
  const named = Object.entries({ type, owner, feature }).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}:${/\s/.test(value) ? `"${value}"` : value}`],
  );
  return [...(text === '' ? [] : [text]), ...named, ...has.map((what) => `has:${what}`)].join(' ');
}

/** The chips: each filter with what is left without it. */
export function chipsOf(filter: SettingsFilter): readonly Readonly<{ label: string; without: SettingsFilter }>[] {
  const { type, owner, feature, has } = filter;
  return [
    ...(type === undefined ? [] : [{ label: `type: ${type}`, without: { ...filter, type: undefined } }]),
    ...(owner === undefined ? [] : [{ label: `owner: ${owner}`, without: { ...filter, owner: undefined } }]),
    ...(feature === undefined ? [] : [{ label: `feature: ${feature}`, without: { ...filter, feature: undefined } }]),
    ...has.map((what) => ({ label: `has ${what}`, without: { ...filter, has: has.filter((one) => one !== what) } })),
  ];
}
