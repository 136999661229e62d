let isHeld = false;

/**
 * Lines on stdout are written together at the end of a turn of the event loop: after the answers of that turn, since a write wakes
 * whoever reads the lines, and once for all of them. None is lost where the process exits first.
 */
export function holdLines(): void {
  if (isHeld) return;
  isHeld = true;
  process.stdout.cork();
  setImmediate(release);
}

function release(): void {
  if (!isHeld) return;
  isHeld = false;
  process.stdout.uncork();
}

process.once('exit', release);
