// SPDX-License-Identifier: GPL-2.0-or-later
// Every page that labserver writes, in both languages, before the checkers that are here: the W3C's Nu checker (vnu.jar, HTML and CSS), HTML Tidy, and
// axe-core in Chromium (accessibility, in light and dark). Usage: node test_valid.mjs LABSERVER
// LAB_CHECKERS names a folder with node_modules: npm install vnu-jar axe-core playwright-core. With none of the checkers: exit code 77 and the reason.
import { spawn, spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SKIP = 77;
const [server] = process.argv.slice(2);
const PLACES = [process.env.LAB_CHECKERS, process.env.LAB_PLAYWRIGHT, process.cwd(), '/usr/share/nodejs', '/usr/local/lib', '/usr/lib'].filter(Boolean);
const LANGUAGES = ['en', 'zh-CN'];

// What is wrong with a request, so that its error page comes; the scenarios are added from the index.
const PLAIN = { 'Accept-Encoding': 'identity' };
const REQUESTS = [
  ['page', '/'],
  ['form', '/form'],
  ['form-shown', '/form', { method: 'POST', body: new URLSearchParams({ name: '<b>', message: 'a\nb' }) }],
  ['form-text', '/form', { method: 'POST', body: 'just text', headers: { 'Content-Type': 'text/plain' } }],
  ['form-odd', '/form', { method: 'POST', body: '--x\r\nnonsense', headers: { 'Content-Type': 'multipart/form-data; boundary=x' } }],
  ['index', '/lab/'],
  ['accepted', '/lab/accepted'],
  ['no-scenario', '/lab/none'],
  ['bad-argument', '/lab/download?mb=x'],
  ['status-418', '/lab/status/418'],
  ['status-503', '/lab/status/503'],
  ['bad-status', '/lab/status/99'],
  ['400', '/a%zz'],
  ['404', '/<b>&"'],
  ['405', '/', { method: 'DELETE' }],
  ['412', '/logo.png', { headers: { 'If-Match': '"x"' } }],
  ['414', `/${'a'.repeat(8100)}`],
  ['416', '/logo.png', { headers: { Range: 'bytes=9999999-' } }],
  ['501', '/', { method: 'BREW' }],
];

const failures = [];
let passed = 0;

function judge(name, problems) {
  if (problems.length === 0) {
    passed++;
    return;
  }
  failures.push(name);
  console.log(`FAIL  ${name}:\n  ${[...new Set(problems)].join('\n  ')}`);
}

function findModule(name) {
  for (const place of PLACES) {
    try {
      return createRequire(join(place, 'x.js')).resolve(name);
    } catch { /* look on */ }
  }
  return null;
}

function works(program, ...args) {
  return spawnSync(program, args).status === 0;
}

function startServer() {
  const child = spawn(server, ['--port', '0', '--bind', '127.0.0.1', '--language', 'en'], { stdio: ['ignore', 'pipe', 'inherit'] });
  return new Promise((resolve, reject) => {
    child.stdout.once('data', (data) => resolve({ child, base: `http://127.0.0.1:${/port (\d+)/.exec(data)[1]}` }));
    child.once('exit', () => reject(new Error('labserver ended')));
  });
}

// The page that comes, or null: some scenarios give none.
async function fetchPage(base, path, options, language) {
  const headers = { ...PLAIN, 'Accept-Language': language, ...options?.headers };
  try {
    const answer = await fetch(base + path, { redirect: 'manual', ...options, headers, signal: AbortSignal.timeout(8000) });
    const text = await answer.text();
    return /^text\/html/.test(answer.headers.get('content-type') ?? '') ? text : null;
  } catch {
    return null;
  }
}

// {file: name of the page} in the folder.
async function collect(base, folder) {
  const index = await (await fetch(`${base}/lab/`)).text();
  const scenarios = [...index.matchAll(/class="run" href="(\/lab\/[^"]+)"/g)].map(([, path]) => [path.slice(1).replace(/\W+/g, '-'), path]);
  const jobs = [...REQUESTS, ...scenarios].flatMap(([name, path, options]) => LANGUAGES.map((language) => [`${name}.${language}`, path, options, language]));
  const pages = await Promise.all(jobs.map(async ([name, path, options, language]) => [name, await fetchPage(base, path, options, language)]));
  for (const [name, text] of pages) {
    if (text !== null)
      writeFileSync(join(folder, `${name}.html`), text);
  }
  for (const [name] of REQUESTS) {
    for (const language of LANGUAGES)
      judge(`${name}.${language} is a page`, existsSync(join(folder, `${name}.${language}.html`)) ? [] : ['there is none']);
  }
  writeFileSync(join(folder, 'style.css'), await (await fetch(`${base}/style.css`)).text());
  return pages.filter(([, text]) => text !== null).map(([name]) => join(folder, `${name}.html`)).concat(join(folder, 'style.css'));
}

function nuChecker(jar, files) {
  const result = spawnSync('java', ['-jar', jar, '--also-check-css', '--format', 'json', '--exit-zero-always', '--stdout', ...files],
    { encoding: 'utf8', maxBuffer: 1 << 26 });
  const { messages } = JSON.parse(result.stdout);
  for (const file of files) {
    const mine = messages.filter(({ url, message }) => decodeURI(url).endsWith(file) && !NU_GUESSES.test(message));
    judge(`Nu: ${file}`, mine.map(({ type, lastLine, message }) => `${type}, line ${lastLine}: ${message}`));
  }
}

// Tidy 5.6 does not know that a dl may hold div (HTML 4.4.9). All that it makes of that on the student page is passed over; Nu knows.
const TIDY_IS_WRONG = /(inserting implicit|missing) <\/?d[ld]>|missing <\/div> before <dt>/;

// A guess about a page that repeats one letter 8000 times.
const NU_GUESSES = /^This document appears to be written in/;

function tidy(files) {
  for (const file of files.filter((name) => name.endsWith('.html'))) {
    const result = spawnSync('tidy', ['-e', '-q', '-utf8', '--gnu-emacs', 'no', file], { encoding: 'utf8' });
    judge(`Tidy: ${file}`, result.stderr.split('\n').filter((line) => line && !TIDY_IS_WRONG.test(line)));
  }
}

async function accessibility(modules, base, folder, files) {
  const { chromium } = createRequire(modules.playwright)(modules.playwright);
  const browser = await chromium.launch({ executablePath: modules.chromium, args: ['--no-sandbox'] });
  const axe = readFileSync(modules.axe, 'utf8');
  for (const colorScheme of ['light', 'dark']) {
    const page = await browser.newPage({ colorScheme });
    for (const file of files.filter((name) => name.endsWith('.html'))) {
      // The server's own address, so that pictures and style sheets come; the page itself is the one that was kept.
      await page.route(`${base}/kept`, (route) => route.fulfill({ contentType: 'text/html; charset=utf-8', body: readFileSync(file) }));
      await page.goto(`${base}/kept`, { waitUntil: 'domcontentloaded' });
      await page.waitForFunction(() => [...document.querySelectorAll('link[rel=stylesheet]')].every((link) => link.sheet));
      await page.evaluate(axe);
      const { violations } = await page.evaluate(() => globalThis.axe.run());
      judge(`axe, ${colorScheme}: ${file}`, violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes[0].html.slice(0, 120)}`));
      await page.unroute(`${base}/kept`);
    }
    await page.close();
  }
  await browser.close();
}

function findCheckers() {
  const package_ = findModule('vnu-jar/package.json');
  const jar = package_ && join(package_, '..', 'build', 'dist', 'vnu.jar');
  const chromium = [process.env.LAB_CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].filter(Boolean).find(existsSync);
  const modules = { axe: findModule('axe-core'), playwright: findModule('playwright-core'), chromium };
  return {
    nu: jar && existsSync(jar) && works('java', '-version') ? jar : null,
    tidy: works('tidy', '-version'),
    axe: Object.values(modules).every(Boolean) ? modules : null,
  };
}

async function main() {
  const checkers = findCheckers();
  const missing = Object.keys(checkers).filter((name) => !checkers[name]);
  if (missing.length)
    console.log(`not here: ${missing.join(', ')} (npm install vnu-jar axe-core playwright-core, name the folder in LAB_CHECKERS; java, tidy, chromium)`);
  if (missing.length === Object.keys(checkers).length) {
    console.log('skipped: no checker');
    process.exit(SKIP);
  }
  const { child, base } = await startServer();
  const folder = mkdtempSync(join(tmpdir(), 'labserver-pages-'));
  try {
    const files = await collect(base, folder);
    console.log(`${files.length} pages and style sheets`);
    if (checkers.nu)
      nuChecker(checkers.nu, files);
    if (checkers.tidy)
      tidy(files);
    if (checkers.axe)
      await accessibility(checkers.axe, base, folder, files);
  } finally {
    child.kill();
    rmSync(folder, { recursive: true });
  }
  console.log(`${passed} passed, ${failures.length} failed`);
  process.exit(failures.length ? 1 : 0);
}

await main();
