// Renders records with every verdict in them, lets each reader count, and compares with what the records hold.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';

const [packages, work, root, program] = process.argv.slice(2);
const load = createRequire(path.join(packages, 'package.json'));
const bin = (name) => path.join(packages, 'node_modules', '.bin', name);

// Cases of each kind, counted by hand: a record's own drills, then one case of the run where something was left.
const records = [
  { file: 'reports/samples/record.json', counts: { met: 1, missed: 1, unknown: 0, skipped: 1 } },
  { file: 'tests/golden/data/hostile.record.json', counts: { met: 0, missed: 2, unknown: 7, skipped: 1 } },
  { file: 'tests/golden/data/empty.record.json', counts: { met: 0, missed: 0, unknown: 1, skipped: 0 } },
];

const sum = (list) => list.reduce((all, one) => all + Number(one ?? 0), 0);
const all = (c) => c.met + c.missed + c.unknown + c.skipped;

// Each returns what it counts, in words of ours. Some do not tell errors from failures: "red" is both.
const readers = {
  'junit2json': async (file) => {
    const { parse } = await import(path.join(packages, 'node_modules/junit2json/dist/esm/index.js'));
    const suites = (await parse(fs.readFileSync(file, 'utf8'))).testsuite;
    const cases = suites.flatMap((suite) => suite.testcase);
    return {
      all: sum(suites.map((s) => s.tests)), missed: sum(suites.map((s) => s.failures)),
      unknown: sum(suites.map((s) => s.errors)), skipped: sum(suites.map((s) => s.skipped)),
      met: cases.filter((c) => !c.failure && !c.error && !c.skipped).length,
    };
  },
  'junit-to-ctrf': async (file) => {
    const { summary } = (await load('junit-to-ctrf').convertJUnitToCTRFReport(file)).results;
    return { all: summary.tests, met: summary.passed, red: summary.failed, skipped: summary.skipped };
  },
  'test-results-parser': async (file) => {
    const result = load('test-results-parser').parse({ type: 'junit', files: [file] });
    return {
      all: result.total + result.skipped, met: result.passed, missed: result.failed, unknown: result.errors,
      skipped: result.skipped,
    };
  },
  'xunit-viewer': async (file) => {
    const page = path.join(work, 'page.html');
    const said = execFileSync(bin('xunit-viewer'), ['-r', file, '-o', page, '-c'], { encoding: 'utf8', maxBuffer: 1e8 });
    const line = said.split('\n').filter((l) => /^\d+ (passed|skipped|failures?|errors?)\b/.test(l)).pop() ?? '';
    const count = (word) => Number(new RegExp(`(\\d+) ${word}`).exec(line)?.[1] ?? 0);
    return { met: count('passed'), skipped: count('skipped'), missed: count('failure'), unknown: count('error') };
  },
  'junit-report-merger': async (file) => {
    const merged = path.join(work, 'merged.xml');
    const twin = path.join(work, 'twin.xml');
    fs.copyFileSync(file, twin);
    execFileSync(bin('jrm'), [merged, file, twin], { stdio: 'pipe' });
    const head = /<testsuites[^>]*>/.exec(fs.readFileSync(merged, 'utf8'))[0];
    const half = (name) => Number(new RegExp(` ${name}="(\\d+)"`).exec(head)?.[1] ?? 0) / 2;
    return { all: half('tests'), missed: half('failures'), unknown: half('errors'), skipped: half('skipped') };
  },
  'junitparser': async (file) => {
    const script = `
import collections, json, sys, junitparser as j
kinds = {j.Failure: "missed", j.Error: "unknown", j.Skipped: "skipped"}
count = collections.Counter()
for suite in j.JUnitXml.fromfile(sys.argv[1]):
  for case in suite:
    found = {kinds[type(r)] for r in case.result} or {"met"}
    assert len(found) == 1, case.name
    count[found.pop()] += 1
print(json.dumps(count))`;
    return JSON.parse(execFileSync('/usr/bin/python3', ['-c', script, file], { encoding: 'utf8' }));
  },
};

// The strict dialect has no count of skipped cases at its root, and there this reader takes them for passed.
const known = (reader, dialect) => dialect === 'jenkins' && reader === 'test-results-parser';

let compared = 0;
const wrong = [];
async function look(name, dialect, file, counts) {
  const wanted = { ...counts, all: all(counts), red: counts.missed + counts.unknown };
  for (const [reader, read] of Object.entries(readers)) {
    if (known(reader, dialect)) continue;
    try {
      for (const [kind, count] of Object.entries(await read(file))) {
        compared += 1;
        if (count !== wanted[kind]) wrong.push(`${reader} of ${name} (${dialect}): ${kind} is ${count}, not ${wanted[kind]}`);
      }
    } catch (problem) {
      wrong.push(`${reader} cannot read ${name} (${dialect}): ${String(problem).split('\n').slice(0, 2).join(' ')}`);
    }
  }
}

for (const { file, counts } of records) {
  for (const dialect of ['junit', 'jenkins']) {
    const xml = path.join(work, `${path.basename(file, '.record.json')}-${dialect}.xml`);
    fs.writeFileSync(xml, execFileSync(program, ['render', path.join(root, file), '--form', dialect]));
    await look(file, dialect, xml, counts);
  }
}
// And the comparison itself can fail.
const before = wrong.length;
await look('a wrong expectation', 'junit', path.join(work, 'record.json-junit.xml'), { met: 2, missed: 0, unknown: 0, skipped: 1 });
if (wrong.length < before + Object.keys(readers).length) {
  wrong.push('a wrong expectation was not noticed by every reader');
} else {
  wrong.length = before;
}
for (const line of wrong) console.error(line);
console.log(`${compared} counts of ${Object.keys(readers).length} readers compared, ${wrong.length} wrong`);
process.exit(wrong.length === 0 ? 0 : 1);
