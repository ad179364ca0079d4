/** For the tests of the page: they run where there is a Chromium. */
import { executablePath } from './chromium';

export { openBrowser, type OpenedBrowser, type Window } from './chromium';

/** `describe`, or with a reason in the name a skipped one; never skipped in CI, where it fails instead. */
export const describeWithBrowser: jest.Describe =
  executablePath !== undefined || process.env.CI !== undefined ? describe : describe.skip;
