const DAY_MS = 86_400_000;

/** So long a rollout may be off, or be there for everyone, before it is told. */
const PATIENCE_MS: Readonly<Record<string, number>> = { off: 7 * DAY_MS, on: 30 * DAY_MS };

type Rollout = Readonly<{
  rollout_id: number;
  setting: string;
  state: string;
  ramp?: Readonly<{ end: string }> | undefined;
}>;
type Changed = Readonly<{ name: string; changed?: Readonly<{ at: string }> | null | undefined }>;

/** A rollout that decides nothing of its own any more; `sinceMs` undefined: since before the change log begins. */
export type Left = Readonly<{ id: number; setting: string; state: string; sinceMs: number | undefined }>;

/**
 * Rollouts that are off, or for everyone, for long: at least since their setting was changed last, or their ramp ended. Those of settings that are not given
 * are left out.
 */
export function leftBehind(rollouts: readonly Rollout[], settings: readonly Changed[], nowMs: number): readonly Left[] {
  const known = new Map(settings.map(({ name, changed }) => [name, changed]));
  return rollouts
    .flatMap(({ rollout_id: id, setting, state, ramp }): readonly Left[] => {
      const changed = known.get(setting);
      if (changed === undefined) return [];
      const times = [changed?.at, state === 'on' ? ramp?.end : undefined].filter((time) => time !== undefined);
      const sinceMs = times.length === 0 ? undefined : Math.max(...times.map((time) => Date.parse(time)));
      return nowMs - (sinceMs ?? -Infinity) > (PATIENCE_MS[state] ?? Infinity) ? [{ id, setting, state, sinceMs }] : [];
    })
    .sort((one, other) => (one.sinceMs ?? 0) - (other.sinceMs ?? 0));
}
