/** The tables that 0.5 did not have, and rows for them beside its SAMPLE_ROWS. */
export const ROLLOUT_TABLES = ['rollouts', 'rollout_conditions', 'rollout_members', 'rollout_metadata'] as const;

export const ROLLOUT_ROWS = `
insert into rollouts (id, setting, feature, percentage, ramp, pattern, value, variants, hash, salt) values
  (1, 'limits', 'user', 33.333, null, '^a', '{"b": 1.0}', null, 'murmur3', 'limits'),
  (2, 'cache_size', 'user', null, '{"start":"2026-03-01T09:00:00Z","end":"2026-03-02T09:00:00Z","from":0,"to":100}', null, null,
   '[{"name":"a","value":1.0,"weight":1}]', 'crc32', 'cache_size');
insert into rollout_conditions values (2, 'account', 'john');
insert into rollout_members values (1, 'jim'), (1, 'ünïcødé-用户'), (2, 'jim');
insert into rollout_metadata values (1, 'why', '1.50'), (2, 'n', 'null');
`;
