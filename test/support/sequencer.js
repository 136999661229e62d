import { relative } from 'node:path';
import Sequencer from '@jest/test-sequencer';

/**
 * What takes longest by itself, longest first; those with a browser, which keeps a processor busy, between others. Jest knows how long files took only
 * where it has run them before, and else goes by their size: a long file that came last would keep all workers but one waiting.
 */
const FIRST = [
  'console/screens',
  'operation/metrics-exact',
  'console/write-rules',
  'operation/image',
  'console/write-rollouts',
  'client/package-formats',
  'console/names',
  'settings/exactness',
  'documents/swagger-ui',
  'query/ruleset-model',
  'console/narrow',
  'operation/startup',
  'documents/documents',
  'query/storm',
  'console/change-sets',
  'operation/pod',
  'console/live',
  'query/stale',
  'console/keyboard',
  'operation/failover',
  'documents/swagger-login',
  'rollouts/members-streams',
  'client/client-package',
  'rollouts/rollouts',
  'console/budgets',
  'operation/database-servers',
  'console/history',
  'changesets/changesets',
  'console/matrix',
  'operation/start-dev',
  'access/keys',
].map((name) => `test/${name}.test.ts`);

export default class LongestFirst extends Sequencer {
  sort(tests) {
    const rank = ({ path, context }) => {
      const place = FIRST.indexOf(relative(context.config.rootDir, path));
      return place === -1 ? FIRST.length : place;
    };
    return super.sort(tests).sort((a, b) => rank(a) - rank(b));
  }
}
