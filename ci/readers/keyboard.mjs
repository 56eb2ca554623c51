// Walks through a page with the keyboard alone: Tab reaches everything that can be operated, from top to bottom, each with a
// name and a visible outline; Enter and Space fold open and shut; a link leads the focus to where it points.

// What Tab should reach as the page stands, in the order of the document; numbered for the comparison with what it does reach.
const number_targets = (page) => page.evaluate(() => {
  const seen = [...document.querySelectorAll('a[href], summary, button, input, select, textarea, [tabindex], [onclick]')]
    .filter((one) => one.getAttribute('tabindex') !== '-1' && one.checkVisibility());
  seen.forEach((one, i) => one.setAttribute('data-stop', i));
  return seen.length;
});

const focused = (page) => page.evaluate(() => {
  const one = document.activeElement;
  if (!one || one === document.body || one === document.documentElement) return null;
  // The colours as they are painted, over whatever lies below.
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const painted = (colours) => {
    for (const colour of colours) { canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); }
    const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map((v) => v / 255)
      .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const grounds = [];
  for (let up = one.parentElement; up; up = up.parentElement) grounds.unshift(getComputedStyle(up).backgroundColor);
  const style = getComputedStyle(one);
  const [ground, outline] = [painted(['#fff', ...grounds]), painted(['#fff', ...grounds, style.outlineColor])];
  const box = one.getBoundingClientRect();
  return {
    stop: Number(one.getAttribute('data-stop') ?? -1), summary: one.tagName === 'SUMMARY',
    open: one.parentElement.open, skip: one.classList.contains('skip'),
    html: one.outerHTML.slice(0, 100), name: (one.getAttribute('aria-label') ?? one.innerText).trim(),
    outlined: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
    contrast: (Math.max(ground, outline) + 0.05) / (Math.min(ground, outline) + 0.05),
    top: box.top + scrollY, height: box.height, left: box.left,
    on_screen: box.right > 0 && box.left < innerWidth && box.bottom > 0 && box.top < innerHeight,
  };
});

async function walk(page, wrong) {
  let before = null;
  let stops = await number_targets(page);
  for (let expected = 0; expected < stops; expected += 1) {
    await page.keyboard.press('Tab');
    let here = await focused(page);
    if (here?.stop !== expected) {
      const missing = await page.evaluate((i) => document.querySelector(`[data-stop="${i}"]`).outerHTML.slice(0, 100), expected);
      wrong(`Tab reaches ${here?.html ?? 'nothing'} where ${missing} comes next`);
      return expected;
    }
    if (here.name === '') wrong(`has no name: ${here.html}`);
    if (!here.outlined || here.contrast < 3) wrong(`the focus is not to be seen on ${here.html}`);
    if (!here.on_screen) wrong(`is focused outside of the screen: ${here.html}`);
    if (before && (here.top + here.height <= before.top || (here.top === before.top && here.left < before.left))) {
      wrong(`comes after what stands below it: ${here.html}`);
    }
    if (here.summary) {
      for (const key of ['Enter', 'Space', 'Enter', ...(here.open ? ['Space'] : [])]) {
        const { open } = await focused(page);
        await page.keyboard.press(key);
        if ((await focused(page)).open === open) wrong(`${key} does not fold ${here.html}`);
      }
      stops = await number_targets(page);
      here = await focused(page);
    }
    before = here;
  }
  await page.keyboard.press('Tab');
  if ((await focused(page))?.stop > 0) wrong('Tab does not leave the page after its last stop');
  return stops;
}

// Enter on a link within the page: what it names is on the screen, and Tab goes on from there.
async function follow(page, selector, wrong) {
  if (!(await page.$(selector))) return;
  await page.focus(selector);
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  const [leads, where] = await page.evaluate((one) => {
    const target = document.querySelector(document.querySelector(one).getAttribute('href'));
    const inside = target?.querySelector('a[href], summary');
    return [target !== null && (!inside || document.activeElement === inside), document.activeElement.outerHTML.slice(0, 100)];
  }, selector);
  if (!leads) wrong(`${selector} leads to ${where}`);
}

/// Calls `wrong` with each fault; gives how often Tab stopped. Many stops want a way past them, which is the first.
export async function walk_by_keyboard(page, wrong) {
  const many = 5;
  const stops = await walk(page, wrong);
  const first = await page.evaluate(() => document.querySelector('[data-stop="0"]')?.getAttribute('href'));
  if (stops > many && first !== '#main') wrong('has many stops and no link past them');
  await follow(page, 'a.skip', wrong);
  await follow(page, 'main a[href^="#drill-"]', wrong);
  return stops;
}
