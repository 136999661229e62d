import { readTables } from '../support/model/reference.js';
import { asking, expectAnswers } from '../support/model/questions.js';
import { addFeatures, expectStatus } from '../support/service/service.js';
import { useService } from '../support/service/use-service.js';

/** A statement with more entries in the log than are read one by one: what comes with it is followed as very many changes are. */
const manyMembers = (): string =>
  `insert into rollout_members select r.id, 'm${(padded += 1)}-' || n from rollouts r, generate_series(1, 6000) n`;
let padded = 0;

const QUESTIONS = [
  asking(),
  asking('user:(u7,u8),theme:*'),
  asking('*', undefined, true, true),
  asking('user:(u7)', ['was_big']),
  asking('*', ['other']),
];

const api = useService();

beforeEach(async () => {
  await api.empty();
  await addFeatures(api.call, 'account', 'user', 'theme');
  for (const [name, aliases] of [
    ['big', ['was_big']],
    ['other', []],
  ] as const) {
    await api.sql(`insert into settings (name, type, default_value, version) values ('${name}', 'int', '0', '1.0')`);
    for (const alias of aliases) await api.sql(`insert into setting_aliases values ('${name}', '${alias}')`);
    await api.sql(`insert into configurable select '${name}', f.name from context_features f`);
  }
  await addRules('big', 60);
  await addRules('other', 3);
  await api.sql(`
    insert into rollouts (setting, feature, percentage, value, hash, salt)
    values ('big', 'user', 50, '1', 'murmur3', 's')`);
  await expectCurrent();
}, 120_000);

/** Of users, every second one by theme too. */
async function addRules(setting: string, count: number): Promise<void> {
  await api.sql(`
    with r as (insert into rules (setting, value) select '${setting}', n::text from generate_series(1, ${count}) n
               returning id, value)
    insert into conditions
    select r.id, c.feature, c.value
      from r
     cross join lateral (values ('user', 'u' || r.value),
                                ('theme', case r.value::int % 2 when 1 then 'dark' end)) c (feature, value)
     where c.value is not null`);
}

async function expectCurrent(): Promise<void> {
  await expectAnswers(api.url(), await readTables(api.database()), QUESTIONS);
}

const rename = (name: string) => `update settings set name = '${name}' where name = 'big'`;

it.each<[what: string, statements: readonly string[]]>([
  ['a rename', [rename('renamed')]],
  ['a rename and back', [rename('renamed'), `update settings set name = 'big' where name = 'renamed'`]],
  [
    'a rename after the name was given away',
    [rename('renamed'), `update settings set name = 'big' where name = 'other'`],
  ],
  ['a deletion', [`delete from settings where name = 'big'`]],
  [
    'a deletion, and another setting of that name',
    [
      `delete from settings where name = 'big'`,
      `insert into settings (name, type, default_value, version) values ('big', 'int', '5', '1.0')`,
      `insert into rules (setting, value) values ('big', '9')`,
    ],
  ],
  ['new values of all rules', [`update rules set value = (value::int + 1)::text where setting = 'big'`]],
  [
    'other conditions of all rules',
    [`update conditions set feature_value = feature_value || 'x' where context_feature = 'user'`],
  ],
  ['rules that moved to another setting', [`update rules set setting = 'other' where value = '7' and setting = 'big'`]],
  [
    'a rename, and one rule changed before and one after',
    [
      `update rules set value = '70' where value = '7' and setting = 'big'`,
      rename('renamed'),
      `delete from rules where value = '8' and setting = 'renamed'`,
    ],
  ],
  [
    'a rule that moved away before a rename',
    [`update rules set setting = 'other' where value = '7' and setting = 'big'`, rename('renamed')],
  ],
  ['the deletion of all rules', [`delete from rules where setting = 'big'`]],
  ['the deletion of all members', [`delete from rollout_members`]],
  ['another order of features', [`update context_features set index = 7 where name = 'user'`]],
  ['a feature more', [`insert into context_features values ('late', 9)`]],
])('%s: followed among very many entries in the log', async (_what, statements) => {
  await api.sql([manyMembers(), ...statements].join(';\n'));
  await expectCurrent();
});

it('moving a feature over the API reorders the conditions of rules', async () => {
  await expectStatus(204, api.patch('/context_features/theme/index', { to_before: 'account' }));
  await expectCurrent();
  const { text } = await api.get('/query?settings=big&context_filters=user:(u7),theme:*');
  expect(text).toContain('"context_features":[["theme","dark"],["user","u7"]]');
});
