// SPDX-License-Identifier: GPL-2.0-or-later
// The page in a real browser: Playwright drives Chromium. Usage: node test_page.mjs LABSERVER [FOLDER FOR SCREENSHOTS]
// LAB_PLAYWRIGHT names a folder with node_modules/playwright-core; LAB_CHROMIUM names the browser. Without them: exit code 77 and the reason.
import { spawn, spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';

const SKIP = 77;
const [server, pictures] = process.argv.slice(2);

function skip(why) {
  console.log(`skipped: ${why}`);
  process.exit(SKIP);
}

function findPlaywright() {
  const places = [process.env.LAB_PLAYWRIGHT, process.cwd(), '/usr/share/nodejs', '/usr/local/lib', '/usr/lib'].filter(Boolean);
  for (const place of places) {
    for (const name of ['playwright-core', 'playwright']) {
      try {
        return createRequire(join(place, 'x.js'))(name);
      } catch { /* look on */ }
    }
  }
  return skip('no playwright-core; npm install playwright-core somewhere and set LAB_PLAYWRIGHT to that folder');
}

function findBrowser() {
  const names = [process.env.LAB_CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].filter(Boolean);
  return names.find(existsSync) ?? skip('no Chromium; install chromium or set LAB_CHROMIUM');
}

const failures = [];
let passed = 0;

async function check(name, body) {
  try {
    await body();
    passed++;
  } catch (error) {
    failures.push(name);
    console.log(`FAIL  ${name}: ${error.message ?? error}`);
  }
}

function expect(value, wanted, what) {
  if (value !== wanted)
    throw new Error(`${what}: ${JSON.stringify(value)} instead of ${JSON.stringify(wanted)}`);
}

function startServer() {
  const child = spawn(server, ['--port', '0', '--bind', '127.0.0.1', '--language', 'en'], { stdio: ['ignore', 'pipe', 'inherit'] });
  return new Promise((resolve, reject) => {
    child.stdout.once('data', (data) => resolve({ child, base: `http://127.0.0.1:${/port (\d+)/.exec(data)[1]}` }));
    child.once('exit', () => reject(new Error('labserver ended')));
  });
}

// Plays a little, seeks, plays on.
async function playsAndSeeks(page, tag, to) {
  const result = await page.evaluate(async ([name, target]) => {
    const media = document.querySelector(name);
    const happens = (what) => new Promise((resolve) => media.addEventListener(what, resolve, { once: true }));
    media.muted = true;
    await media.play();
    await happens('timeupdate');
    const seeked = happens('seeked');
    media.currentTime = target;
    await seeked;
    await happens('timeupdate');
    media.pause();
    return { at: media.currentTime, error: media.error?.message ?? null };
  }, [tag, to]);
  expect(result.error, null, `${tag} error`);
  if (result.at < to)
    throw new Error(`${tag} is at ${result.at} s, before ${to} s`);
}

async function studentPage(browser, base, language, width, height) {
  const name = `page ${language} ${width}`;
  const context = await browser.newContext({ locale: language, viewport: { width, height } });
  const page = await context.newPage();
  const problems = [];
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('request', (request) => request.url().startsWith(base) || problems.push(`foreign host: ${request.url()}`));
  page.on('response', (response) => response.status() >= 400 && problems.push(`${response.status()} ${response.url()}`));
  await check(`${name}: loads`, async () => {
    await page.goto(`${base}/`);
    expect(await page.locator('html').getAttribute('lang'), language, 'lang');
    expect(await page.evaluate(() => document.querySelector('.logo').naturalWidth > 0), true, 'logo');
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true, 'fits the width');
    expect(await page.evaluate(() => !document.body.textContent.includes('{{')), true, 'filled');
  });
  await check(`${name}: audio plays and seeks`, () => playsAndSeeks(page, 'audio', 15));
  await check(`${name}: video plays and seeks`, () => playsAndSeeks(page, 'video', 6));
  if (pictures)
    await page.screenshot({ path: join(pictures, `page-${language}-${width}.png`), fullPage: true });
  await check(`${name}: no errors`, () => expect(problems.join('; '), '', 'problems'));
  for (const path of ['lab/', 'lab/qr', 'form', 'nothing']) {
    await check(`${name}: /${path} fits`, async () => {
      await page.goto(`${base}/${path}`);
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true, 'fits the width');
      if (pictures)
        await page.screenshot({ path: join(pictures, `${path.replace(/\//g, '')}-${language}-${width}.png`) });
    });
  }
  await context.close();
}

async function forms(browser, base) {
  const page = await browser.newPage();
  await check('form posts', async () => {
    await page.goto(`${base}/form`);
    await page.fill('input[name=name]', '李华 <b>');
    await page.fill('textarea', 'two\nlines');
    await page.locator('form').first().locator('button').click();
    const text = await page.locator('main').innerText();
    expect(text.includes('李华 <b>') && text.includes('two\nlines'), true, 'shown back');
  });
  await check('file posts', async () => {
    await page.goto(`${base}/form`);
    await page.setInputFiles('input[type=file]', { name: 'a.bin', mimeType: 'application/x-a', buffer: Buffer.alloc(200000, 1) });
    await page.locator('form').last().locator('button').click();
    const text = await page.locator('main').innerText();
    expect(text.includes('a.bin') && text.includes('200000'), true, 'shown back');
  });
  await page.close();
}

// The buttons that copy, and the page without the script that makes them.
async function copies(browser, base) {
  const context = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'] });
  const page = await context.newPage();
  await check('a button copies the filter', async () => {
    await page.goto(`${base}/lab/`);
    const entry = page.locator('section[id="half-close"] dd').nth(2);
    await entry.locator('button').click();
    expect(await page.evaluate(() => navigator.clipboard.readText()), 'lab.state.server == "FIN-WAIT-2"', 'copied');
    expect(await entry.locator('button').innerText(), 'Copied', 'button');
  });
  await context.close();
  const plain = await browser.newContext({ javaScriptEnabled: false });
  const without = await plain.newPage();
  await check('without scripts the filters can be read and the links lead on', async () => {
    await without.goto(`${base}/lab/`);
    expect(await without.locator('button').count(), 0, 'buttons');
    await without.locator('section[id="not-modified"] a.run').click();
    expect(await without.locator('h1').innerText(), 'Not modified', 'title');
  });
  await plain.close();
}

// What Chromium makes of those that do not simply show a page.
const OUTCOMES = {
  'rst-before-response': /ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE/,
  'closed-port': /ERR_CONNECTION_REFUSED/,
  'server-aborted-response': /ERR_CONNECTION_RESET|Reset in the middle/,
  'truncated-body': /ERR_CONTENT_LENGTH_MISMATCH|Truncated body/,
  download: /a file of 8388608 bytes/,
  'unread-data': /ERR_CONNECTION_RESET|ERR_CONNECTION_ABORTED|413|Closed with/,
};

async function outcome(page, link, post) {
  try {
    if ((await link.getAttribute('href')).includes('download')) {
      const [download] = await Promise.all([page.waitForEvent('download', { timeout: 30000 }), link.click({ noWaitAfter: true })]);
      const { size } = statSync(await download.path());
      return `a file of ${size} bytes`;
    }
    // A body that is cut short never finishes loading.
    await Promise.all([page.waitForEvent('framenavigated', { timeout: 30000 }), link.click({ noWaitAfter: true })]);
    if (post)
      await Promise.all([page.waitForEvent('framenavigated', { timeout: 30000 }), page.locator('form button').click({ noWaitAfter: true })]);
    if (page.url().startsWith('chrome-error:'))
      return await page.locator('body').innerText();
    return (await page.locator('h1').first().textContent({ timeout: 30000 }).catch(() => 'text')) || 'text';
  } catch (error) {
    return error.message;
  }
}

async function scenario(browser, base, name) {
  const page = await browser.newPage();
  await check(`button ${name}`, async () => {
    await page.goto(`${base}/lab/`);
    const card = page.locator(`section[id="${name}"]`);
    const title = await card.locator('h3').innerText();
    const seen = await outcome(page, card.locator('a.run'), ['zero-window', 'unread-data'].includes(name));
    const wanted = OUTCOMES[name] ?? new RegExp(name === 'redirect' ? 'Scenarios' : title.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    if (!wanted.test(seen))
      throw new Error(`${JSON.stringify(seen.slice(0, 200))} is not ${wanted}`);
    if (['chunked', 'slow-trickle', 'truncated-body'].includes(name)) {
      await page.locator('main a').last().click();
      expect(page.url().endsWith(`/lab/#${name}`), true, 'the way back');
    }
    if (name === 'parts') {
      await page.locator('#parts li').nth(3).waitFor({ timeout: 5000 });
      expect((await page.locator('#parts').innerText()).match(/: 206/g).length, 4, 'parts');
    }
    if (name === 'many-objects')
      expect(await page.evaluate(() => [...document.images].filter((i) => i.complete && i.naturalWidth).length), 24, 'pictures');
  });
  await page.close();
}

async function main() {
  const { chromium } = findPlaywright();
  const executablePath = findBrowser();
  if (spawnSync(executablePath, ['--version']).status !== 0)
    skip(`${executablePath} does not start`);
  const { child, base } = await startServer();
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--autoplay-policy=no-user-gesture-required'] });
  try {
    for (const language of ['en', 'zh-CN'])
      for (const [width, height] of [[1280, 900], [390, 844]])
        await studentPage(browser, base, language, width, height);
    await forms(browser, base);
    await copies(browser, base);
    const page = await browser.newPage();
    await page.goto(`${base}/lab/`);
    const names = await page.locator('section.card').evaluateAll((cards) => cards.map((card) => card.id));
    await page.close();
    for (let i = 0; i < names.length; i += 6)
      await Promise.all(names.slice(i, i + 6).map((name) => scenario(browser, base, name)));
  } finally {
    await browser.close();
    child.kill();
  }
  console.log(`${passed} passed, ${failures.length} failed`);
  process.exit(failures.length ? 1 : 0);
}

await main();
