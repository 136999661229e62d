import { compareVersions, type Json } from '@heksher/core';
import { declareSetting } from './model-declaration.js';
import { Given, refuses } from './model-given.js';
import { addRule, addressedRule, changeValue, query, searchRule } from './model-rules.js';
import {
  addFeature,
  addressed,
  changeFeatures,
  changeType,
  deleteFeature,
  indexOf,
  moveFeature,
  renameSetting,
} from './model-settings.js';
import {
  conditionsInOrder,
  type Expectation,
  json,
  type Model,
  NO_CONTENT,
  ok,
  type Operation,
  Refusal,
  refuseWhere,
  settingAnswer,
} from './model.js';

type Route = (model: Model, given: Given) => Expectation;

/** What the contract says to a request, which is carried out on the model as well. */
export function expectationOf(model: Model, operation: Operation): Expectation {
  const route = ROUTES[operation.route];
  if (route === undefined) throw new Error(`the model has no route ${operation.route}`);
  try {
    return route(model, new Given(operation));
  } catch (error) {
    if (error instanceof Refusal) return error.expectation;
    throw error;
  }
}

const ROUTES: Readonly<Record<string, Route>> = {
  'GET context_features': (model) => ok(json({ context_features: model.features })),
  'GET context_features/{}': (model, given) => ok(json({ index: indexOf(model, given.param(0)) })),
  'POST context_features': addFeature,
  'DELETE context_features/{}': deleteFeature,
  'PATCH context_features/{}/index': moveFeature,
  'POST settings/declare': declareSetting,
  'GET settings': (model, given) => {
    const isFull = given.boolean('include_additional_data');
    const settings = [...model.settings].sort((a, b) => (a.name < b.name ? -1 : 1));
    return ok(json({ settings: settings.map((setting) => settingAnswer(model, setting, isFull)) }));
  },
  'GET settings/{}': (model, given) => ok(settingAnswer(model, addressed(model, given), true)),
  'DELETE settings/{}': (model, given) => {
    const setting = addressed(model, given);
    model.settings = model.settings.filter((other) => other !== setting);
    model.rules = model.rules.filter((rule) => rule.setting !== setting);
    return NO_CONTENT;
  },
  'PUT settings/{}/type': changeType,
  'PUT settings/{}/name': renameSetting,
  'PUT settings/{}/configurable_features': changeFeatures,
  'GET settings/{}/metadata': (model, given) => ok(json({ metadata: addressed(model, given).metadata })),
  'POST settings/{}/metadata': ofSetting((given) => given.metadata(), merge),
  'PUT settings/{}/metadata': ofSetting((given) => given.metadata(), replace),
  'DELETE settings/{}/metadata': ofSetting(() => new Map(), replace),
  'PUT settings/{}/metadata/{}': ofSetting((given) => new Map([[given.metadataKey(), given.metadataValue()]]), merge),
  'DELETE settings/{}/metadata/{}': ofSetting((given) => new Map([[given.param(1), json(null)]]), remove),
  'POST rules': addRule,
  'GET rules/search': searchRule,
  'GET rules/{}': (model, given) => {
    const rule = addressedRule(model, given);
    const { value, metadata, setting } = rule;
    return ok(json({ setting: setting.name, value, feature_values: conditionsInOrder(model, rule), metadata }));
  },
  'PUT rules/{}/value': changeValue,
  'PATCH rules/{}': changeValue,
  'DELETE rules/{}': (model, given) => {
    const rule = addressedRule(model, given);
    model.rules = model.rules.filter((other) => other !== rule);
    return NO_CONTENT;
  },
  'GET rules/{}/metadata': (model, given) => ok(json({ metadata: addressedRule(model, given).metadata })),
  'POST rules/{}/metadata': ofRule((given) => given.metadata(), merge),
  'PUT rules/{}/metadata': ofRule((given) => given.metadata(), replace),
  'DELETE rules/{}/metadata': ofRule(() => new Map(), replace),
  'PUT rules/{}/metadata/{}': ofRule((given) => new Map([[given.metadataKey(), given.metadataValue()]]), merge),
  'DELETE rules/{}/metadata/{}': ofRule((given) => new Map([[given.param(1), json(null)]]), remove),
  'GET query': query,
};

export const ROUTE_NAMES: readonly string[] = Object.keys(ROUTES);

type Metadata = Map<string, Json>;
type Change = (metadata: Metadata, given: Metadata) => Metadata;

function merge(metadata: Metadata, given: Metadata): Metadata {
  return new Map([...metadata, ...given]);
}

function replace(_metadata: Metadata, given: Metadata): Metadata {
  return given;
}

function remove(metadata: Metadata, given: Metadata): Metadata {
  return new Map([...metadata].filter(([key]) => !given.has(key)));
}

function ofSetting(read: (given: Given) => Metadata, change: Change): Route {
  return (model, given) => {
    const version = given.version();
    const setting = addressed(model, given, () => read(given));
    refuseWhere([compareVersions(version, setting.version) <= 0, 409], [refuses(() => read(given)), 422]);
    Object.assign(setting, { metadata: change(setting.metadata, read(given)), version });
    return NO_CONTENT;
  };
}

function ofRule(read: (given: Given) => Metadata, change: Change): Route {
  return (model, given) => {
    const rule = addressedRule(model, given, () => read(given));
    rule.metadata = change(rule.metadata, read(given));
    return NO_CONTENT;
  };
}
