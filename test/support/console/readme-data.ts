import { addFeatures, addRollout, addRule, type Call, declare } from '../service/service.js';

/** The settings and rules of README.md, and a flag that is on for some, as an operator would have them. */
export async function addReadmeData(call: Call): Promise<void> {
  await addFeatures(call, 'account', 'user', 'theme');
  const about = { description: 'How many pages the renderer keeps in memory', owner: 'rendering' };
  await declare(call, { metadata: about });
  await addRule(call, 'cache_size', { account: 'john' }, 100);
  await addRule(call, 'cache_size', { account: 'jim' }, 50);
  await addRule(call, 'cache_size', { account: 'jim', user: 'admin' }, 200);
  await addRule(call, 'cache_size', { user: 'guest' }, 10);
  await addRule(call, 'cache_size', { user: 'guest', theme: 'dark' }, 20);
  const flag = { description: 'The checkout of 2026', owner: 'web' };
  await declare(call, { name: 'web.new_checkout', type: 'bool', default_value: false, metadata: flag });
  await addRollout(call, 'web.new_checkout', { value: true, percentage: 20, members: ['ann', 'bob'] });
}
