import { type Measurement } from '../bench.js';
import { compared } from '../finding.js';
import { firstSettings } from '../names.js';
import { startService } from '../service.js';
import { CONNECTIONS, compareRepeated } from '../throughput.js';

const SETTINGS = 10;

/** The first settings have the same rules in both databases, so that the same is answered. */
export const evaluation: Measurement = {
  name: 'evaluation-many-rules',
  processes: 3,
  async measure(bench) {
    const services = [
      await startService(bench.scope, await bench.fixtures.large()),
      await startService(bench.scope, await bench.fixtures.small()),
    ] as const;
    const context = { user: 'user_0000', theme: 'dark' };
    const asked = {
      path: '/api/v1/evaluate',
      body: JSON.stringify({ context, settings: firstSettings(SETTINGS) }),
      headers: { 'Content-Type': 'application/json' },
    };
    const about = {
      name: this.name,
      what: `evaluation of ${SETTINGS} settings × 10 rules of 1 000 000 rules in 5 000 settings, ${CONNECTIONS} connections`,
      unit: 'req/s',
      against: 'Heksher with 200 rules',
      bar: { of: 'ratio', is: 'at least', limit: 0.9 },
    } as const;
    return [compared(about, await compareRepeated(bench, services, asked))];
  },
};
