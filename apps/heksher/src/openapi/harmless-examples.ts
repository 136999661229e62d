import { type OperationObject } from '@nestjs/swagger';

/** What paths name in examples: of reads, and of writes. */
const NAMES = [
  { of: 'rules', noun: 'rule', read: 7, written: 2_147_483_647 },
  { of: 'rollouts', noun: 'rollout', read: 3, written: 2_147_483_647 },
  { of: 'settings', noun: 'setting', read: 'cache_size', written: 'heksher_example' },
  { of: 'context_features', noun: 'context feature', read: 'user', written: 'heksher_example' },
] as const;

type Names = (typeof NAMES)[number];

/**
 * An example is executed by one click, maybe on a service in use. So the path of a write names something that is there only
 * where somebody added it for the examples (the last id that there can be, a name of our own), and its answers name the same.
 */
export function harmless(path: string, operation: OperationObject): OperationObject {
  const names = NAMES.find(({ of }) => path.startsWith(`/api/v1/${of}/{`));
  if (names === undefined) return operation;
  const { parameters = [], responses } = operation;
  const [, placeholder] = /\{(\w+)\}/.exec(path) ?? [];
  return {
    ...operation,
    parameters: parameters.map((parameter) =>
      'name' in parameter && parameter.name === placeholder && parameter.in === 'path'
        ? { ...parameter, schema: { ...parameter.schema, example: names.written } }
        : parameter,
    ),
    responses: renamed(responses, names),
  };
}

/** Texts such as `the rule 7 does not exist`, in all examples. */
function renamed<T>(part: T, names: Names): T {
  const { noun, read, written } = names;
  const [from, to] = [read, written].map((name) => `the ${noun} ${JSON.stringify(name)}`);
  return JSON.parse(JSON.stringify(part), (_key, value: unknown) =>
    typeof value === 'string' && from !== undefined && to !== undefined ? value.replaceAll(from, to) : value,
  ) as T;
}
