/** Settings that were opened in this tab, the last one first. */
const KEY = 'heksher-recent';
const MOST = 8;

export function recentSettings(): readonly string[] {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? '[]');
    return Array.isArray(kept) ? kept.filter((name) => typeof name === 'string') : [];
  } catch {
    return [];
  }
}

export function noteOpened(setting: string): void {
  const names = [setting, ...recentSettings().filter((name) => name !== setting)].slice(0, MOST);
  try {
    sessionStorage.setItem(KEY, JSON.stringify(names));
  } catch {
    // Nobody misses it.
  }
}
