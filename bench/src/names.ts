/** Names in the databases that are measured on; what SQL makes of the same numbers is in `load-by-sql.ts`. */
export const FEATURES = ['account', 'user', 'theme'] as const;

export function settingName(index: number): string {
  return `setting_${String(index).padStart(4, '0')}`;
}

export function userName(index: number): string {
  return `user_${String(index).padStart(4, '0')}`;
}

/** The names of the first settings. */
export function firstSettings(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => settingName(index));
}
