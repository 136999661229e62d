import { type Extent } from './extents.js';
import { FEATURES, firstSettings, settingName, userName } from './names.js';
import { type Scope } from './scope.js';
import { clientOf, type Service } from './service.js';

export async function declareSettings(scope: Scope, service: Service, { settings }: Extent): Promise<void> {
  const client = clientOf(scope, service, 1);
  for (const context_feature of FEATURES) {
    await client.send({ method: 'POST', path: '/api/v1/context_features', body: { context_feature } });
  }
  for (const name of firstSettings(settings)) {
    const body = { name, type: 'int', default_value: 0, configurable_features: FEATURES };
    await client.send({ method: 'POST', path: '/api/v1/settings/declare', body });
  }
}

/** Rule after rule, the settings in turn; every second rule of a setting asks for a theme as well. */
export async function postRules(scope: Scope, service: Service, { settings, rules, users }: Extent): Promise<void> {
  const client = clientOf(scope, service, 1);
  for (let number = 0; number < rules; number += 1) {
    const setting = number % settings;
    const turn = Math.floor(number / settings);
    const user = userName((setting * 7 + turn) % users);
    const feature_values = turn % 2 === 0 ? { user } : { user, theme: 'dark' };
    const body = { setting: settingName(setting), feature_values, value: 10_000 + number };
    await client.send({ method: 'POST', path: '/api/v1/rules', body });
  }
}
