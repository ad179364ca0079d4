/** A real Chromium: Debian's, or the one that ASSAY_CHROMIUM names. */
import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

const PLACES = [process.env.ASSAY_CHROMIUM, '/usr/bin/chromium', '/usr/bin/google-chrome'];

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

export const executablePath = PLACES.find((place) => place !== undefined && existsSync(place));

export interface OpenedBrowser {
  /** A window of its own, without anything stored. */
  open: (options?: {
    colorScheme?: 'light' | 'dark';
    width?: number;
    height?: number;
  }) => Promise<Window>;
  close: () => Promise<void>;
}

export interface Window {
  page: Page;
  context: BrowserContext;
  /** What a visitor must never cause: errors on the console, faults, broken policies. */
  complaints: string[];
  /** Requests to other origins than that of `url`. */
  strayRequests: (url: string) => string[];
}

/** @throws Error where there is no Chromium */
export async function openBrowser(): Promise<OpenedBrowser> {
  if (executablePath === undefined) {
    throw new Error(
      'There is no Chromium: apt-get install chromium, or name one in ASSAY_CHROMIUM.',
    );
  }
  const browser = await chromium.launch({ executablePath, args: FLAGS });
  return {
    open: (options) => openWindow(browser, options),
    close: () => browser.close(),
  };
}

async function openWindow(
  browser: Browser,
  { colorScheme = 'light', width = 1280, height = 800 }: Parameters<OpenedBrowser['open']>[0] = {},
): Promise<Window> {
  const context = await browser.newContext({
    colorScheme,
    viewport: { width, height },
    locale: 'en-GB',
    timezoneId: 'UTC',
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  const requested = new Set<string>();
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  context.on('request', (request) => requested.add(request.url()));
  page.on('websocket', (socket) => requested.add(socket.url()));
  return {
    page,
    context,
    complaints,
    strayRequests: (url) => {
      const { host } = new URL(url);
      return [...requested].filter(
        (address) => !address.startsWith('blob:') && new URL(address).host !== host,
      );
    },
  };
}
