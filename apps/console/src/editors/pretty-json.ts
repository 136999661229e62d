import { formatJson, type Json } from '@heksher/core';

/** JSON in lines, each value spelled as it is; short lists stay on one line. */
export function prettyJson(json: Json, indent = ''): string {
  const flat = formatJson(json);
  if ('value' in json || flat.length <= 60) return flat;
  const inner = `${indent}  `;
  const parts =
    json.kind === 'array'
      ? json.items.map((item) => prettyJson(item, inner))
      : [...json.members].map(([key, member]) => {
          return `${json.spellings?.get(key) ?? JSON.stringify(key)}: ${prettyJson(member, inner)}`;
        });
  const [open, close] = json.kind === 'array' ? ['[', ']'] : ['{', '}'];
  return `${open}\n${parts.map((part) => inner + part).join(',\n')}\n${indent}${close}`;
}
