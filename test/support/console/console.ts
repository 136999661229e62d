import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { type Browser, type BrowserContextOptions, type Page, type Request } from 'playwright-core';
import { findChromium, launchChromium } from '../../../bench/src/chromium.js';
import { REPOSITORY } from '../repository.js';
import { startTestService, type TestService } from '../service/service.js';
import { until } from '../service/until.js';

/** The console of a real service in a real browser. */
export type Console = Readonly<{
  service: TestService;
  browser: Browser;
  /** Opens an address below `/console`, such as `/settings`, in a browser context of its own, and waits until the page is quiet. */
  open(path: string, options?: OpenOptions): Promise<OpenPage>;
}>;

export type OpenOptions = BrowserContextOptions &
  Readonly<{
    /** Where the service is, if not where it listens: below a gateway's prefix, for instance. */
    url?: string;
  }>;

/** A page with all that went wrong in it so far. */
export type OpenPage = Readonly<{
  page: Page;
  /** Violations of the Content Security Policy, Trusted Types among them. */
  violations: readonly string[];
  /** Requests to another origin. */
  foreign: readonly string[];
  /** Errors and warnings in the console, and what was thrown. */
  errors: readonly string[];
  /** Requests of the API and of the configuration, such as `GET /api/v1/settings?limit=100`. */
  requests: readonly string[];
  /** Goes to another address below `/console` and waits until the page is quiet; what was loaded once comes from the browser's cache. */
  go(path: string): Promise<void>;
  /** Waits until nothing is asked for but the feed of changes, which is never answered in full. */
  quiet(): Promise<void>;
  /** What axe finds by WCAG 2.2 AA and its best practices, all rules in both themes. */
  axe(): Promise<readonly string[]>;
  close(): Promise<void>;
}>;

const chromium = findChromium();
const isBuilt = existsSync(`${REPOSITORY}apps/heksher/dist/console/index.html`);
if (chromium === undefined)
  console.warn(
    'SKIPPED: the console in a browser, for there is none. Install chromium, or name it in HEKSHER_TEST_CHROMIUM.',
  );

/** `describe`, or a skip that says why, where there is no browser. */
export const describeConsole = chromium === undefined ? describe.skip : describe;

/** One for all blocks of a file. */
let started: Promise<Browser> | undefined;
afterAll(async () => (await started)?.close());

/** Starts a service, and a browser, before the tests of the block that calls this; the service ends after it, the browser with the file. */
export function useConsole(
  env: Readonly<Record<string, string>> = {},
  prepare: (service: TestService) => Promise<unknown> = () => Promise.resolve(),
): () => Console {
  let running: Console | undefined;
  beforeAll(async () => {
    if (!isBuilt) throw new Error('the console is not built: "npm run build" builds it');
    const service = await startTestService(env);
    const browser = await (started ??= launchChromium(chromium ?? ''));
    running = { service, browser, open: (path, options) => openPage(browser, service.url, path, options) };
    await prepare(service);
  });
  afterAll(() => running?.service.stop());
  return () => {
    if (running === undefined) throw new Error('the console runs only while tests do');
    return running;
  };
}

async function openPage(browser: Browser, url: string, path: string, options: OpenOptions = {}): Promise<OpenPage> {
  const { url: base = url, ...contextOptions } = options;
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...contextOptions });
  const page = await context.newPage();
  const violations: string[] = [];
  const foreign: string[] = [];
  const errors: string[] = [];
  const requests: string[] = [];
  await page.exposeFunction('heksherViolation', (violation: string) => violations.push(violation));
  await page.addInitScript(`document.addEventListener('securitypolicyviolation', (event) =>
    heksherViolation([event.effectiveDirective, event.blockedURI, event.sourceFile, event.lineNumber, event.sample].join(' ')));`);
  page.setDefaultTimeout(90_000);
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => {
    const { url } = message.location();
    // A stream that is cut is begun again: where the browser is too busy to read, the service cuts it.
    if (/ERR_INCOMPLETE_CHUNKED_ENCODING/.test(message.text()) && /\/api\/v1\/changes\b/.test(url)) return;
    // Other tests set up networks on this machine meanwhile. What was asked for then is asked for again.
    if (/ERR_NETWORK_CHANGED/.test(message.text())) return;
    if (['error', 'warning'].includes(message.type())) errors.push(`${message.text()} (${url})`);
  });
  page.on('request', (request) => {
    const asked = new URL(request.url());
    if (asked.origin !== new URL(base).origin) foreign.push(request.url());
    const shown = asked.pathname.slice(new URL(base).pathname.replace(/\/$/, '').length) + asked.search;
    if (/^\/api\/|config\.json/.test(shown)) requests.push(`${request.method()} ${shown}`);
  });
  const quiet = watchQuiet(page);
  const go = async (to: string): Promise<void> => {
    await page.goto(`${base}/console${to}`);
    await quiet();
  };
  await go(path);
  return {
    page,
    violations,
    foreign,
    errors,
    requests,
    go,
    quiet,
    axe: () => runAxe(page),
    close: () => context.close(),
  };
}

/** So long nothing is asked for: an answer that leads to another question does so at once. */
const QUIET_MS = 500;

function watchQuiet(page: Page): () => Promise<void> {
  const asking = new Set<Request>();
  let lastMs = performance.now();
  const end = (request: Request): void => void (asking.delete(request) && (lastMs = performance.now()));
  page.on('request', (request) => {
    lastMs = performance.now();
    if (!/\/api\/v1\/changes\b/.test(request.url())) asking.add(request);
  });
  page.on('requestfinished', end).on('requestfailed', end);
  return async () => {
    await until('a quiet page', () => asking.size === 0 && performance.now() - lastMs > QUIET_MS);
  };
}

type AxeResults = Readonly<{
  isStill: boolean;
  violations: readonly Readonly<{
    id: string;
    nodes: readonly Readonly<{ target: unknown; failureSummary: string }>[];
  }>[];
}>;

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/**
 * What axe finds when transitions between colours are over. It reads the page bit by bit: where that changed meanwhile, as when an answer arrives, it saw two
 * pages, half of each.
 */
const LOOK = `(async () => {
  await Promise.all(document.getAnimations().map(({ finished }) => finished.catch(() => undefined)));
  await new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted)));
  let isStill = true;
  const observer = new MutationObserver(() => (isStill = false));
  observer.observe(document, { subtree: true, childList: true, attributes: true });
  const { violations } = await axe.run(document, { runOnly: { type: 'tag', values: ${JSON.stringify(TAGS)} } });
  isStill &&= observer.takeRecords().length === 0 && document.getAnimations().length === 0;
  observer.disconnect();
  return { violations, isStill };
})()`;

async function runAxe(page: Page): Promise<readonly string[]> {
  const script = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  const found: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    // The page's policy allows no script of ours; the debugger is not bound by it.
    await page.evaluate(script);
    const { violations } = await until(
      'a page that stays as it is while axe looks at it',
      async () => {
        const results = await page.evaluate<AxeResults>(LOOK);
        return results.isStill && results;
      },
      60_000,
    );
    for (const { id, nodes } of violations)
      for (const { target, failureSummary } of nodes)
        found.push(`${colorScheme}: ${id} at ${String(target)}: ${failureSummary}`);
  }
  return found;
}
