/**
 * Does something after a while, and then again and again; that keeps no process alive.
 * @returns ends it
 */
export function repeatedly(work: () => void, firstMs: number, everyMs: number): () => void {
  const again = (): void => {
    timer = setTimeout(again, everyMs).unref();
    work();
  };
  let timer = setTimeout(again, firstMs).unref();
  return () => clearTimeout(timer);
}
