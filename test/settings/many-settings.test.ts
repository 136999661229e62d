import { addFeatures } from '../support/service/service.js';
import { useService } from '../support/service/use-service.js';

const api = useService();
const COUNT = 5_000;

beforeAll(async () => {
  await addFeatures(api.call, 'account', 'user', 'theme');
  await api.sql(`insert into settings (name, type, default_value, version)
                 select 's' || i, 'int', i::text, '1.' || i from generate_series(1, ${COUNT}) i`);
  await api.sql(`insert into configurable (setting, context_feature)
                 select s.name, f.name from settings s, context_features f`);
  await api.sql(`insert into setting_metadata (setting, key, value)
                 select s.name, 'k' || i, jsonb_build_object('text', repeat('x', 200), 'n', i)
                   from settings s, generate_series(1, 5) i`);
  await api.sql(`insert into setting_aliases (setting, alias) select s.name, 'old_' || s.name from settings s`);
});

type Listed = { settings: { name: string }[] };

it('each setting of a full list of very many is as it is served alone', async () => {
  const { settings } = (await api.get('/settings?include_additional_data=true')).body as Listed;
  expect(settings).toHaveLength(COUNT);
  const names = settings.map(({ name }) => name);
  expect(names).toEqual([...names].sort());
  for (const setting of settings.filter((_, index) => index % 500 === 0)) {
    expect((await api.get(`/settings/${setting.name}`)).body).toEqual(setting);
  }
});

it('each setting of a short list has the beginning of a full one', async () => {
  const short = ((await api.get('/settings')).body as Listed).settings;
  const full = ((await api.get('/settings?include_additional_data=true')).body as Listed).settings;
  expect(full).toMatchObject(short);
  expect(Object.keys(short[0] ?? {})).toEqual(['name', 'type', 'default_value', 'version']);
});

it('others are answered while a full list of very many is made', async () => {
  const url = `${api.url()}/api/v1/settings?include_additional_data=true`;
  let isAnswered = false;
  let answeredMeanwhile = 0;
  const asking = fetch(url)
    .then((answer) => answer.arrayBuffer())
    .finally(() => (isAnswered = true));
  while (!isAnswered) {
    await fetch(`${api.url()}/api/health/live`);
    if (!isAnswered) answeredMeanwhile += 1;
  }
  expect((await asking).byteLength).toBeGreaterThan(1_000_000);
  // The list takes dozens of slices, and others come in between them, however slow the machine is. One may be before the first.
  expect(answeredMeanwhile).toBeGreaterThan(3);
});
