/** For the tests of the page: they run where there is a Chromium. */
import { executablePath } from './chromium';
import { mirrorFolder, referenceFolder } from './reference';

export { openBrowser, type OpenedBrowser, type Window } from './chromium';

/** `describe`, or with a reason in the name a skipped one; never skipped in CI, where it fails instead. */
export const describeWithBrowser: jest.Describe =
  executablePath !== undefined || process.env.CI !== undefined ? describe : describe.skip;

/** The same for what needs the real data and the reference besides: CI sets both, and a missing file fails there. */
export const describeWithBrowserAndReference: jest.Describe =
  mirrorFolder === undefined || referenceFolder === undefined ? describe.skip : describeWithBrowser;
