import { useSyncExternalStore } from 'react';

/** How the console looks in this browser; public/theme.js applies it before the first paint. */
export type Look = Readonly<{
  theme: 'system' | 'light' | 'dark';
  density: 'comfortable' | 'compact';
  singleKeys: 'on' | 'off';
  /** Teams that whoever looks is of, separated by commas. */
  owners: string;
}>;

const KEY = 'heksher.look';
const USUAL: Look = { theme: 'system', density: 'comfortable', singleKeys: 'on', owners: '' };
let look = read();
const listeners = new Set<() => void>();

function read(): Look {
  try {
    return { ...USUAL, ...(JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Look>) };
  } catch {
    return USUAL;
  }
}

export function setLook(change: Partial<Look>): void {
  look = { ...look, ...change };
  const { dataset } = document.documentElement;
  if (look.theme === 'system') delete dataset['theme'];
  else dataset['theme'] = look.theme;
  if (look.density === 'compact') dataset['density'] = 'compact';
  else delete dataset['density'];
  try {
    localStorage.setItem(KEY, JSON.stringify(look));
  } catch {
    // It holds as long as the page does.
  }
  listeners.forEach((listener) => listener());
}

export function currentLook(): Look {
  return look;
}

export function useLook(): Look {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => look,
  );
}
