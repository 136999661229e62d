import { type Json } from './json.js';

type Primitive = string | number | boolean | null;

/** The members of an object that hold primitives, as JavaScript has them; none where it is no object. */
export function primitivesOf(json: Json | null): Readonly<Record<string, Primitive>> {
  if (json?.kind !== 'object') return {};
  const primitives: [string, Primitive][] = [];
  for (const [name, member] of json.members) if ('value' in member) primitives.push([name, member.value]);
  return Object.fromEntries(primitives);
}
