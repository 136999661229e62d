/** How long answers are made before whatever else has come gets its turn, in milliseconds. */
const TURN_MS = 20;

type Task = () => void;

let turnBegan = -Infinity;
let waiting: Task[] = [];

/**
 * Runs the task at once, or soon where others have taken long: many who wait for one check are answered one after another, and
 * probes, writes and new connections come in between.
 */
export function runFairly(task: Task): void {
  if (waiting.length === 0 && performance.now() - turnBegan < TURN_MS) {
    task();
    return;
  }
  if (waiting.push(task) === 1) setImmediate(runTurn);
}

function runTurn(): void {
  const tasks = waiting;
  turnBegan = performance.now();
  let done = 0;
  while (done < tasks.length && performance.now() - turnBegan < TURN_MS) {
    tasks[done]?.();
    done += 1;
  }
  waiting = tasks.slice(done);
  if (waiting.length > 0) setImmediate(runTurn);
}
