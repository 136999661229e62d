/** What shows lines; they must not move while somebody points at one. */
const LISTS = 'main table:hover, main [role="table"]:hover, main [role="grid"]:hover';
const LONGEST_MS = 3_000;
const MARK_MS = 2_000;

/** Resolves when nobody points at a list, at the latest after 3 seconds. */
export async function pointerLeaves(): Promise<void> {
  if (document.querySelector(LISTS) === null) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      document.removeEventListener('pointermove', look);
      resolve();
    };
    const look = (): void => {
      if (document.querySelector(LISTS) === null) done();
    };
    const timer = setTimeout(done, LONGEST_MS);
    document.addEventListener('pointermove', look);
  });
}

/** Marks lines of the matrix for 2 seconds; those that are not there are passed over. */
export function markLines(lines: readonly string[]): void {
  requestAnimationFrame(() => {
    for (const line of lines) {
      const row = document.querySelector<HTMLElement>(`[data-line="${CSS.escape(line)}"]`);
      if (row === null) continue;
      row.dataset['changed'] = '';
      setTimeout(() => delete row.dataset['changed'], MARK_MS);
    }
  });
}
