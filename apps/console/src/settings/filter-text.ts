/** What a list of settings is filtered by, as an address and the filter line have it. */
export type SettingsFilter = Readonly<{
  /** Part of a name or alias. */
  text: string;
  type: string | undefined;
  owner: string | undefined;
  feature: string | undefined;
  /** What a default, a rule or a rollout gives, or a part of its texts. */
  value: string | undefined;
  /** `7d`: within so many minutes, hours, days or weeks; or since a time (RFC 3339) or a day. */
  changed: string | undefined;
  /** `rules`, `rollouts`, `override`, `findings`. */
  has: readonly string[];
  /** `owner`. */
  no: readonly string[];
}>;

export const HAS = ['rules', 'rollouts', 'override', 'findings'] as const;
export const NO = ['owner'] as const;

const isOneOf = (accepted: readonly string[]) => (value: string) => accepted.includes(value);

/** Each filter, and which values it takes. */
const TAKES: ReadonlyMap<string, (value: string) => boolean> = new Map([
  ['type', () => true],
  ['owner', () => true],
  ['feature', () => true],
  ['value', () => true],
  ['changed', (value: string) => changedSince(value, 0) !== undefined],
  ['has', isOneOf(HAS)],
  ['no', isOneOf(NO)],
]);

const WORDS = /(\w+):(?:"((?:[^"\\]|\\.)*)"|(\S*))|\S+/g;

/** Reads `checkout type:bool owner:"web team" has:rollouts`; what is no filter is part of the text. */
export function parseFilter(line: string): SettingsFilter {
  const rest: string[] = [];
  const found = new Map<string, string[]>();
  for (const [word = '', name = '', quoted, bare = ''] of line.matchAll(WORDS)) {
    const value = quoted?.replace(/\\(.)/g, '$1') ?? bare;
    if (value === '' || TAKES.get(name)?.(value) !== true) rest.push(word);
    else found.set(name, [...(found.get(name) ?? []), value]);
  }
  const last = (name: string): string | undefined => found.get(name)?.at(-1);
  return {
    text: rest.join(' '),
    type: last('type'),
    owner: last('owner'),
    feature: last('feature'),
    value: last('value'),
    changed: last('changed'),
    has: [...new Set(found.get('has'))],
    no: [...new Set(found.get('no'))],
  };
}

export function formatFilter({ text, has, no, ...named }: SettingsFilter): string {
  const { type, owner, feature, value, changed } = named;
  const words = Object.entries({ type, owner, feature, value, changed }).flatMap(([name, given]) =>
    given === undefined ? [] : [`${name}:${quotedWhereNeeded(given)}`],
  );
  return [
    ...(text === '' ? [] : [text]),
    ...words,
    ...has.map((what) => `has:${what}`),
    ...no.map((what) => `no:${what}`),
  ].join(' ');
}

function quotedWhereNeeded(value: string): string {
  return /\s|^"/.test(value) ? `"${value.replace(/["\\]/g, '\\$&')}"` : value;
}

/** The chips: each filter with what is left without it. */
export function chipsOf(filter: SettingsFilter): readonly Readonly<{ label: string; without: SettingsFilter }>[] {
  const { has, no } = filter;
  const named = (['type', 'owner', 'feature', 'value', 'changed'] as const).flatMap((name) =>
    filter[name] === undefined
      ? []
      : [{ label: `${name}: ${filter[name]}`, without: { ...filter, [name]: undefined } }],
  );
  return [
    ...named,
    ...has.map((what) => ({ label: `has ${what}`, without: { ...filter, has: has.filter((one) => one !== what) } })),
    ...no.map((what) => ({ label: `no ${what}`, without: { ...filter, no: no.filter((one) => one !== what) } })),
  ];
}

const UNITS_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
const DAY = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/;

/** The time that `changed:` stands for (RFC 3339); undefined: it stands for none. */
export function changedSince(text: string, nowMs: number): string | undefined {
  const [, count, unit = ''] = /^(\d{1,4})([mhdw])$/.exec(text) ?? [];
  const atMs =
    count !== undefined ? nowMs - Number(count) * (UNITS_MS[unit] ?? 0) : DAY.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(atMs) ? undefined : new Date(atMs).toISOString();
}
