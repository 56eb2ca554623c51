// Every page in a browser: met, missed, unknown, texts that want to break it, nothing at all, many cases, a trial.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { walk_by_keyboard } from './keyboard.mjs';

const [packages, work, root, program, browserPath, pictures] = process.argv.slice(2);
const load = createRequire(path.join(packages, 'package.json'));
const puppeteer = (await import(pathToFileURL(load.resolve('puppeteer-core')))).default;
const axe = fs.readFileSync(path.join(packages, 'node_modules/axe-core/axe.min.js'), 'utf8');

const sample = JSON.parse(fs.readFileSync(path.join(root, 'reports/samples/record.json'), 'utf8'));
const copy = (value) => JSON.parse(JSON.stringify(value));
const [met, missed, skipped] = sample.drills;
const with_drills = (drills) => ({ ...copy(sample), drills });
const many = (count, make) => Array.from({ length: count }, (_, i) => ({ ...copy(make(i)), test: `${make(i).test}No${i}` }));
const on_trial = (drill, i) => ({
  ...copy(drill), suite: 'AccidentalDeleteSabotage', on_trial: ['content', 'rows', 'recovery-ending'][i % 3], objectives: [],
  verdict: i % 50 === 49 ? 'missed' : 'met',
  findings: [{ check: 'sabotage', question: '', expected: 'missed at content', observed: 'missed: content',
    verdict: i % 50 === 49 ? 'missed' : 'met', details: [], line: 1 }],
});
const pages = {
  sample, met: with_drills([met]), missed: with_drills([missed]), unknown: with_drills([skipped]),
  many: with_drills(many(30, (i) => [met, met, missed, skipped][i % 4])),
  trial: with_drills(many(200, (i) => on_trial(met, i))),
  hostile: JSON.parse(fs.readFileSync(path.join(root, 'tests/golden/data/hostile.record.json'), 'utf8')),
  empty: JSON.parse(fs.readFileSync(path.join(root, 'tests/golden/data/empty.record.json'), 'utf8')),
};
// Seven runs, of which the last is slow.
const history = path.join(work, 'history');
for (let day = 1; day <= 7; day += 1) {
  const run = with_drills([copy(met)]);
  run.end = `2026-10-0${day}T03:00:00.000000Z`;
  if (day === 7) run.drills[0].phases.forEach((phase) => { phase.seconds *= 3; });
  fs.mkdirSync(path.join(history, String(day)), { recursive: true });
  fs.writeFileSync(path.join(history, String(day), 'record.json'), JSON.stringify(run));
}
// What a walk with the keyboard must notice, one page for each.
const bad_by_keyboard = [
  '<a href="#a" tabindex="2">a</a><a href="#b" tabindex="1">b</a>', '<a href="#a" id="a"><img alt="" width="9"></a>',
  '<a href="#a" style="outline: none">a</a>', '<a href="#a" style="outline-color: #fefefe">a</a>',
  '<a href="#a" style="position: fixed; left: -900px">a</a>',
  '<div style="display: flex; flex-direction: column-reverse"><a href="#a">a</a><a href="#b">b</a></div>',
  '<details><summary onclick="return false">s</summary></details>', '<a href="#a">a</a>'.repeat(9),
  '<main><a href="#drill-1">a</a><a href="#c">c</a></main>',
];
const wrong = [];
let looks = 0;

// Looks as a person would meet it first, then with everything unfolded, which is what axe and the width are asked of.
async function look(browser, name, file, { scheme, width, media }) {
  const page = await browser.newPage();
  const where = `${name} (${scheme}, ${width} px, ${media})`;
  for (const event of ['console', 'pageerror', 'requestfailed']) {
    page.on(event, (what) => wrong.push(`${where}: ${event}: ${what.text?.() ?? what.message ?? what.url?.()}`));
  }
  page.on('request', (request) => {
    if (!/^(file|data):/.test(request.url())) wrong.push(`${where}: fetches ${request.url()}`);
  });
  await page.setBypassCSP(true); // for axe; the page itself has no script
  // One call forgets what the other said; paper has one scheme only.
  if (media === 'print') await page.emulateMediaType(media);
  else await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
  await page.setViewport({ width, height: 800 });
  await page.goto(pathToFileURL(file));
  if (pictures) await page.screenshot({ path: path.join(pictures, `${name}-${scheme}-${width}-${media}.png`) });
  if (media === 'print') {
    const hidden = await page.evaluate(() => [...document.querySelectorAll('details table')]
      .filter((table) => !table.checkVisibility()).length);
    if (hidden > 0) wrong.push(`${where}: ${hidden} tables would not be printed`);
  } else {
    await page.evaluate(() => document.querySelectorAll('details').forEach((one) => { one.open = true; }));
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (wide > 0) wrong.push(`${where}: ${wide} px wider than the screen`);
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
    for (const one of violations) wrong.push(`${where}: axe: ${one.id}: ${one.nodes[0].html.slice(0, 120)}`);
    const first = await page.evaluate(() => document.querySelector('h1').innerText);
    if (!/MET|MISSED|NOT PROVEN|slower than usual/.test(first)) wrong.push(`${where}: the verdict is not the first heading`);
  }
  looks += 1;
  await page.close();
}

let stops = 0;
async function walk(browser, name, file, scheme) {
  const page = await browser.newPage();
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
  await page.setViewport({ width: 1100, height: 800 });
  await page.goto(pathToFileURL(file));
  stops += await walk_by_keyboard(page, (what) => wrong.push(`${name} (${scheme}, keyboard): ${what}`));
  await page.close();
}

const browser = await puppeteer.launch({
  executablePath: browserPath, args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'], userDataDir: path.join(work, 'browser'),
});
try {
  const light = { scheme: 'light', width: 1100, media: 'screen' };
  const dark = { scheme: 'dark', width: 360, media: 'screen' };
  const paper = { scheme: 'light', width: 800, media: 'print' };
  for (const [name, record] of Object.entries(pages)) {
    const json = path.join(work, `${name}.json`);
    const html = path.join(work, `${name}.html`);
    fs.writeFileSync(json, JSON.stringify(record));
    fs.writeFileSync(html, execFileSync(program, ['render', json, '--form', 'html'], { maxBuffer: 1e8 }));
    for (const how of [light, dark, ...(name === 'sample' ? [{ ...light, scheme: 'dark' }, { ...dark, scheme: 'light' }, paper] : [])]) {
      await look(browser, name, html, how);
    }
    for (const scheme of name === 'sample' ? ['light', 'dark'] : ['light']) await walk(browser, name, html, scheme);
  }
  const trends = path.join(work, 'history.html');
  fs.writeFileSync(trends, execFileSync(program, ['report', '--reports', history, '--form', 'html']));
  for (const how of [light, dark]) await look(browser, 'history', trends, how);
  await walk(browser, 'history', trends, 'light');
  // And what it looks for is noticed where it is.
  const bad = path.join(work, 'bad.html');
  fs.writeFileSync(bad, '<h1>?</h1><img src="x.png"><div style="width:5000px">wide</div><script>console.log(1)</script>');
  const before = wrong.length;
  await look(browser, 'bad', bad, dark);
  for (const [i, body] of bad_by_keyboard.entries()) {
    fs.writeFileSync(bad, `<style>:focus-visible { outline: 3px solid #00f }</style>${body}`);
    await walk(browser, `bad ${i}`, bad, 'light');
  }
  const noticed = wrong.splice(before).join('\n');
  for (const what of ['console', 'requestfailed', 'wider', 'axe: image-alt', 'verdict', 'Tab reaches', 'has no name',
    'not to be seen', 'outside of the screen', 'stands below', 'does not fold', 'no link past', 'leads to']) {
    if (!noticed.includes(what)) wrong.push(`a bad page was not noticed: ${what}`);
  }
} finally {
  await browser.close();
}
for (const line of wrong) console.error(line);
console.log(`${Object.keys(pages).length + 1} pages looked at ${looks} times, ${stops} stops of the keyboard, ${wrong.length} faults`);
process.exit(wrong.length === 0 ? 0 : 1);
