import {
  accepts,
  type Declaration,
  FIRST_VERSION,
  formatJson,
  formatSettingType,
  type Json,
  ProblemList,
  quoted,
  type SettingType,
  shortened,
  type Version,
} from '@heksher/core';
import { type Metadata } from '@heksher/ruleset';

/** A declaration as a body gives it; what may be left out is as by default. */
type GivenDeclaration = Readonly<{
  name: string;
  configurable_features: readonly string[];
  type: SettingType;
  default_value: Json;
  metadata?: Metadata | undefined;
  alias?: string | null | undefined;
  version?: Version | undefined;
}>;

/** Throws `invalid` where its parts contradict each other. */
export function declarationOf(body: GivenDeclaration): Declaration {
  const { name, type, default_value, alias, configurable_features } = body;
  const { metadata = new Map(), version = FIRST_VERSION } = body;
  const problems = new ProblemList();
  const defaultValue = formatJson(default_value);
  if (!accepts(type, default_value)) {
    const shownType = shortened(formatSettingType(type), 200);
    const message = `default_value must be of the type ${shownType}, not ${shortened(defaultValue)}`;
    problems.add(() => ({ field: 'default_value', message, code: 'wrong_type' }));
  }
  if (alias === name) {
    problems.add(() => ({
      field: 'alias',
      message: `alias must differ from the name ${quoted(name)}`,
      code: 'repeated',
    }));
  }
  problems.throwIfAny();
  return { name, type, defaultValue, configurableFeatures: configurable_features, metadata, version };
}
