import { type Browser, type Page } from 'playwright-core';
import { findChromium, launchChromium } from './chromium.js';
import { type Scope } from './scope.js';

/** Starts Chromium, which ends with the scope. Throws where none is found. */
export async function openBrowser(scope: Scope): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined)
    throw new Error('there is no Chromium: install it, or name it in HEKSHER_TEST_CHROMIUM');
  const browser = await launchChromium(executablePath);
  scope.defer(() => browser.close());
  return browser;
}

type TraceEvent = Readonly<{
  name: string;
  ph: string;
  pid: number;
  tid: number;
  /** On the clock, and of the processor (µs). */
  dur?: number;
  tdur?: number;
  args?: Readonly<{ name?: string }>;
}>;

const CATEGORIES = ['toplevel', 'disabled-by-default-devtools.timeline'];
const TASKS: ReadonlySet<string> = new Set(['RunTask', 'ThreadControllerImpl::RunTask']);

/**
 * The tasks of the page while `work` goes on (ms): of the time on the clock and that of the processor the shorter, since others may have the processor
 * meanwhile.
 */
export async function tasksDuring(
  browser: Browser,
  page: Page,
  work: () => Promise<unknown>,
): Promise<readonly number[]> {
  await browser.startTracing(page, { categories: CATEGORIES });
  await work();
  const trace = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: readonly TraceEvent[] };
  const threadOf = ({ pid, tid }: TraceEvent): string => `${pid} ${tid}`;
  const mains = new Set(
    trace.traceEvents
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map(threadOf),
  );
  const tasks = trace.traceEvents.filter(
    (event) => event.ph === 'X' && TASKS.has(event.name) && mains.has(threadOf(event)),
  );
  if (tasks.length === 0) throw new Error('the trace of the browser has no tasks');
  return tasks.map(({ dur = 0, tdur = dur }) => Math.min(dur, tdur) / 1_000);
}
