import { MemoryBackend, RedisBackend, RedisHighPerfBackend } from '@heksher/rollout';
import { RESP_TYPES } from 'redis';
import { describeUnless, noRedis, useRedis } from '../support/rollouts/redis.js';
import { describeBehaviour, describeSharing } from '../support/rollouts/rollout-behaviour.js';

describe('MemoryBackend', () => describeBehaviour(() => new MemoryBackend()));

describeUnless(noRedis)('on Redis', () => {
  const { url, client, prefix } = useRedis();

  describe.each([
    ['RedisBackend', RedisBackend],
    ['RedisHighPerfBackend', RedisHighPerfBackend],
  ])('%s', (_, Backend) => {
    describe('by its url', () => {
      describeBehaviour(() => new Backend({ url: url(), prefix }));
      describeSharing(() => new Backend({ url: url(), prefix }));
    });
    describe('by a client', () => {
      describeBehaviour(() => new Backend({ client: client(), prefix }));
    });
    describe('by a client that gives bytes for texts', () => {
      const typeMapping = { [RESP_TYPES.BLOB_STRING]: Buffer };
      describeBehaviour(() => new Backend({ client: client().withTypeMapping(typeMapping), prefix }));
    });
  });
});
