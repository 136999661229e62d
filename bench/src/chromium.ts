import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const USUAL_PLACES = [
  // Chromium without the window: it starts and paints in half the time.
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** Quiet on the network by itself, so that all its requests are those of the page. */
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Where the browser of tests and measurements is: HEKSHER_TEST_CHROMIUM, or a usual place; undefined where there is none. */
export function findChromium(): string | undefined {
  const given = process.env['HEKSHER_TEST_CHROMIUM'];
  if (given === undefined || given === '') return USUAL_PLACES.find((place) => existsSync(place));
  if (existsSync(given)) return given;
  throw new Error(`HEKSHER_TEST_CHROMIUM names ${given}, which does not exist`);
}

export function launchChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: FLAGS });
}
