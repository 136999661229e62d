import { HeksherClient, setting } from '@heksher/client';
import { addFeatures, declare } from '../support/service/service.js';
import { useService } from '../support/service/use-service.js';

const api = useService();

it('a program declares all its settings in one transaction, and is told of each what became of it', async () => {
  await addFeatures(api.call, 'account', 'user', 'theme');
  await declare(api.call);
  const options = { type: 'int', configurableFeatures: ['account'], defaultValue: 1 } as const;
  const settings = [
    setting('first', options),
    setting('second', { ...options, version: '2.3' }),
    setting('cache_size', { ...options, configurableFeatures: ['account', 'user', 'theme'] }),
  ];
  const start = () =>
    HeksherClient.start({ url: api.url(), settings, onConflict: 'default', onProblem: () => undefined });
  const client = await start();
  expect(client.outcomes()).toMatchObject(
    new Map([
      ['first', { outcome: 'created' }],
      ['second', { outcome: 'created' }],
      ['cache_size', { outcome: 'mismatch' }],
    ]),
  );
  await client.close();
  const transactions = await api.sql(
    `select distinct tx from heksher_changes where "table" = 'settings' and new ->> 'name' in ('first', 'second')`,
  );
  expect(transactions).toHaveLength(1);
  expect(await api.sql('select state from heksher_changesets')).toEqual([{ state: 'applied' }]);
  const again = await start();
  expect(again.outcomes().get('second')).toEqual({ outcome: 'uptodate' });
  await again.close();
  expect(await api.sql('select state from heksher_changesets')).toHaveLength(1);
});
