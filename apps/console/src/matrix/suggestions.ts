import { type SettingView } from '../api/queries.js';
import { conditionsOf } from './lines.js';

/** The values of each feature that lines of the setting name, most often named first. */
export function suggestionsOf({ lines }: SettingView): ReadonlyMap<string, readonly string[]> {
  const counts = new Map<string, Map<string, number>>();
  for (const line of lines)
    for (const [feature, value] of conditionsOf(line)) {
      const values = counts.get(feature) ?? new Map<string, number>();
      counts.set(feature, values.set(value, (values.get(value) ?? 0) + 1));
    }
  return new Map(
    [...counts].map(([feature, values]) => [
      feature,
      [...values].sort(([, a], [, b]) => b - a).map(([value]) => value),
    ]),
  );
}
