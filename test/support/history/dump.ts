/** Texts of answers by what was asked for. */
export type Dump = Readonly<Record<string, string>>;

type Listed = Readonly<{ name?: string; rule_id?: number; rollout_id?: number }>;

/** All that the API tells of what there is now, or as of a revision: answers byte by byte, without the word that they are of the past. */
export async function dump(url: string, asOf?: string): Promise<Dump> {
  const texts: Record<string, string> = {};
  const ask = async (path: string, init: RequestInit = {}): Promise<unknown> => {
    const address = new URL(`${url}${path}`);
    if (asOf !== undefined) address.searchParams.set('as_of', asOf);
    const response = await fetch(address, { ...init, headers: { Accept: 'application/json', ...init.headers } });
    const text = await response.text();
    const key = `${init.method ?? 'GET'} ${path} ${typeof init.body === 'string' ? init.body : ''}`;
    if (response.ok && asOf !== undefined && response.headers.get('heksher-as-of') !== asOf)
      throw new Error(`${key} as of ${asOf} says ${response.headers.get('heksher-as-of')}`);
    texts[key] = `${response.status} ${response.ok ? plain(text) : ''}`;
    return response.ok && response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : {};
  };
  const { settings } = (await ask('/api/v1/settings?include_additional_data=true')) as { settings: Listed[] };
  const { rules } = (await ask('/api/v1/rules?limit=1000')) as { rules: Listed[] };
  const { rollouts } = (await ask('/api/v1/rollouts?limit=1000')) as { rollouts: Listed[] };
  const { context_features } = (await ask('/api/v1/context_features')) as { context_features: string[] };
  for (const { name } of settings) {
    await ask(`/api/v1/settings/${name}`);
    await ask(`/api/v1/settings/${name}?include=rules,rollouts,lint`);
    await ask(`/api/v1/settings/${name}/metadata`);
    await ask(`/api/v1/settings/${name}/override`);
  }
  for (const { rule_id } of rules) await ask(`/api/v1/rules/${rule_id}`);
  for (const { rollout_id } of rollouts) {
    await ask(`/api/v1/rollouts/${rollout_id}`);
    await ask(`/api/v1/rollouts/${rollout_id}/members?limit=3`);
    await ask(`/api/v1/rollouts/${rollout_id}/members`, { headers: { Accept: 'text/csv' } });
  }
  for (const feature of context_features) await ask(`/api/v1/context_features/${feature}/values`);
  await ask('/api/v1/lint');
  await ask('/api/v1/query?include_metadata=true&include_rollouts=true');
  const post = (path: string, body: object): Promise<unknown> =>
    ask(path, { method: 'POST', body: JSON.stringify(body) });
  const context = Object.fromEntries(context_features.map((feature, index) => [feature, `v${index % 3}`]));
  for (const known of [{}, context]) {
    await post('/api/v1/evaluate', { context: known, explain: true });
    await post('/ofrep/v1/evaluate/flags', { context: known });
  }
  return texts;
}

/** Without what says of which time it is; the past, which does not change, has no streams of events. */
function plain(text: string): string {
  return text
    .replace(/,"metadata":\{"as_of":\d+\}\}$/, '}')
    .replace(/,"as_of":\d+\}\}$/, '}}')
    .replace(/,"eventStreams":\[[^\]]*\]\}$/, '}');
}
