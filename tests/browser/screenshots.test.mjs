// Pictures of the live picture over the whole register of vn-2026, for people to look at: build/dev/screenshots. What each
// must show is in the mock-ups' words: how many have voted, as of when, and where it is slow, at a glance.
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { closePage, expectAccessible, openPage, startBrowser, takeScreenshot } from "./browser.mjs";
import { Turnoutd, programs, source } from "./turnoutd.mjs";

const desktop = { width: 1440, height: 900 };
const phone = { width: 390, height: 844 };
const wall = { width: 1920, height: 1080 };

let election;
let server;
let browser;
let units;
let seq = 0;
const standing = new Map();

before(async () => {
  election = mkdtempSync(join(tmpdir(), "turnout-election-"));
  cpSync(join(source, "config/elections/vn-2026"), election, { recursive: true });
  execFileSync(join(programs, "turnout"), ["register", "make", election]);
  const rows = readFileSync(join(election, "units.csv"), "utf8").trim().split("\n").slice(1);
  units = rows.map((row) => row.split(",")).map(([code, , , registered]) => ({ code, registered: Number(registered) }));
  server = await Turnoutd.start(election);
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  await server?.stop();
  rmSync(election, { recursive: true });
});

// Every unit reports, or the first few of each hundred: about `share` of its roll, more in some provinces than in others.
async function everyoneReports(time, share, heard = 100) {
  seq++;
  const reports = [];
  for (const [index, { code, registered }] of units.entries()) {
    const province = Number(code.slice(0, 2));
    const pace = province === 15 ? 1.2 : 1 + 0.06 * Math.sin(3 * province) + 0.04 * Math.sin(index);
    const voted = Math.max(standing.get(code) ?? 0, Math.min(registered, Math.round(share * pace * registered)));
    if (index % 100 < heard) {
      standing.set(code, voted);
      reports.push({ election: "vn-2026", unit: code, seq, as_of: `2026-03-15T${time}+07:00`, voted, test: true });
    }
  }
  await server.report(reports, [...standing.values()].reduce((sum, voted) => sum + voted, 0));
}

async function picture(name, path, viewport, { fullPage = false, before: prepare, ...options } = {}) {
  const page = await openPage(browser, server.publicUrl + path, { viewport, ...options });
  await page.waitForSelector("h1");
  await prepare?.(page);
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(width <= viewport.width, `${name} scrolls sideways: ${width} px`);
  await takeScreenshot(page, name, fullPage);
  await closePage(page);
}

// As an election that is open would be shown.
async function asOpen(page) {
  await page.route("**/v1/**", async (route) => {
    const { "if-none-match": _, ...headers } = route.request().headers();
    const response = await route.fetch({ headers });
    await route.fulfill({ response, body: (await response.text()).replace('"test":true', '"test":false') });
  });
  await page.waitForSelector("body:not(.is-rehearsal)");
}

test("right after opening", async () => {
  await everyoneReports("07:07:00", 0.004, 6);
  await picture("opening-desktop", "/", desktop, { before: asOpen });
  await picture("opening-phone", "/", phone);
});

test("in the middle of the day", async () => {
  await everyoneReports("14:32:07", 0.76, 98);
  await picture("day-desktop", "/", desktop, { fullPage: true, before: asOpen });
  await picture("day-desktop-en-dark", "/?language=en", desktop, { colorScheme: "dark", before: asOpen });
  await picture("day-tablet", "/", { width: 820, height: 1180 }, { fullPage: true });
  await picture("day-small-phone", "/", { width: 320, height: 640 }, { fullPage: true });
  await picture("day-lost-desktop", "/", desktop, {
    before: async (page) => {
      await page.context().setOffline(true);
      await page.waitForSelector(".band--lost");
    },
  });
});

test("in the evening", async () => {
  await everyoneReports("20:00:00", 0.985);
  await picture("evening-desktop", "/", desktop, { fullPage: true, before: asOpen });
  await picture("evening-phone", "/", phone, { fullPage: true, before: asOpen });
  await picture("evening-phone-dark", "/", phone, { colorScheme: "dark", before: asOpen });
  await picture("evening-wall", "/", wall, { before: asOpen });
  await picture("evening-wall-rehearsal-dark", "/", wall, { colorScheme: "dark" });
  await picture("evening-province", "/a/46", desktop, { fullPage: true, before: asOpen });
  await picture("evening-complete-province", "/a/15", desktop, { before: asOpen });
  await picture("evening-province-phone", "/a/46", phone, { before: asOpen });
  await picture("evening-commune", "/a/19789", desktop, { before: asOpen });
  await picture("evening-embed-headline", "/embed/headline", { width: 640, height: 480 });
  await picture("evening-embed-map", "/embed/map", { width: 480, height: 900 });
  const drawn = { before: (page) => page.waitForSelector(".outline text") };
  await picture("evening-outline", "/?map=outline", desktop, { ...drawn, fullPage: true });
  await picture("evening-outline-dark", "/?map=outline", phone, { ...drawn, colorScheme: "dark", fullPage: true });
  await picture("evening-print", "/", { width: 794, height: 1123 }, {
    fullPage: true,
    before: async (page) => {
      await asOpen(page);
      await page.emulateMedia({ media: "print" });
    },
  });
});

test("axe-core finds nothing on the whole map, in tiles or in outline", async () => {
  for (const colorScheme of ["light", "dark"]) {
    const page = await openPage(browser, server.publicUrl, { colorScheme });
    await page.waitForSelector("a.tile");
    await expectAccessible(page);
    await page.check("input[value=outline]");
    await page.waitForSelector(".outline text");
    assert.equal(await page.locator(".outline a").count(), 34);
    await expectAccessible(page);
    assert.match(page.url(), /\?map=outline$/);
    await page.click(".outline a[aria-label^='Gia Lai']");
    await page.waitForSelector("h1:has-text('Gia Lai')");
    await closePage(page);
  }
});
