import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { type Scope } from './scope.js';

const USUAL_PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** Starts Chromium, which ends with the scope. Throws where none is found. */
export async function openBrowser(scope: Scope): Promise<Browser> {
  const given = process.env['HEKSHER_TEST_CHROMIUM'];
  const executablePath = given || USUAL_PLACES.find((place) => existsSync(place));
  if (executablePath === undefined)
    throw new Error('there is no Chromium: install it, or name it in HEKSHER_TEST_CHROMIUM');
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
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
