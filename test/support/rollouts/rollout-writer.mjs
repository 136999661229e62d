/** A process that changes one functionality in Redis: `node rollout-writer.mjs <back end> <url> <prefix> <name> <who> <count>`. */
import { Rollout, RedisBackend, RedisHighPerfBackend } from '@heksher/rollout';

const [kind, url, prefix, name, who, count] = process.argv.slice(2);
const Backend = { RedisBackend, RedisHighPerfBackend }[kind];
const rollout = new Rollout(new Backend({ url, prefix }));
await rollout.addFunc(name, {});
process.stdout.write('ready\n');
await new Promise((resolve) => process.stdin.once('data', resolve));
const work = [];
for (let index = 0; index < Number(count); index += 1) {
  work.push(rollout.register(name, `${who}${index}`));
  if (index % 20 === 0) work.push(rollout.register(name, new RegExp(`^${who}-pattern-${index}$`)));
  if (index % 10 === 0) work.push(rollout.toggle(name));
  if (index % 5 === 0) await Promise.all(work.splice(0));
}
await Promise.all(work);
await rollout.close();
process.stdin.destroy();
