/** When a page can be looked at: nothing loads any more, and nothing has changed for a moment. */
import type { Page } from 'playwright-core';

/**
 * The network's rest would not do: after a way within the page it has long been reached, and a query that follows
 * another starts late on a busy machine.
 */
const SETTLED = `new Promise((resolve) => {
  const STILL = 4;
  let still = 0;
  let before;
  const visible = (image) => {
    const { top, bottom } = image.getBoundingClientRect();
    return bottom > 0 && top < innerHeight;
  };
  const look = () => {
    const loads =
      document.querySelector('.skeleton, [aria-busy=true]') !== null ||
      [...document.images].some((image) => !image.complete && visible(image));
    const text = document.body.innerText;
    still = loads || text !== before ? 0 : still + 1;
    before = text;
    if (still === STILL) resolve();
    else setTimeout(look, 50);
  };
  look();
})`;

/** @throws Error of the test's time limit where the page goes on loading */
export async function settled(page: Page): Promise<void> {
  await page.evaluate(SETTLED);
}
