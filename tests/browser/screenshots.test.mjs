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
let now; // the time of day of the newest reports
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
  now = time;
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

// What was published at the rounds of the day, in hours and per cent; in between, most reports come in the hour before a round.
const published = [[7, 0], [9, 23.89], [11, 50.64], [13, 69.64], [15, 86.04], [16, 93.19], [17, 96.21], [19, 98.97], [20, 99.38], [21, 99.6]];

function shareAt(hour, lateness) {
  const next = Math.max(1, published.findIndex(([at]) => at >= hour));
  const [[from, less], [to, more]] = [published[next - 1], published[next]];
  const part = Math.min(1, Math.max(0, (hour - from) / (to - from))) ** (1.6 + lateness);
  return (less + (more - less) * (part * part * (3 - 2 * part))) / 100;
}

// The day so far, as if the server had run through it: its last minute is what the server shows now.
function dayOf({ code, percent }) {
  const lateness = code === "VN" ? 0 : (Number(code) % 7) / 5;
  const hours = Number(now.slice(0, 2)) + Number(now.slice(3, 5)) / 60;
  const last = shareAt(hours, lateness) || 1;
  const pad = (number) => String(number).padStart(2, "0");
  return Array.from({ length: Math.floor((hours - 7) * 60) + 1 }, (_, minute) => ({
    time: `2026-03-15T${pad(7 + Math.floor(minute / 60))}:${pad(minute % 60)}:00+07:00`,
    percent: Math.round((100 * percent * shareAt(7 + minute / 60, lateness)) / last) / 100,
  }));
}

async function withDay(page) {
  await page.route("**/v1/series?*", async (route) => {
    const response = await route.fetch();
    const document = await response.json();
    const { nation, provinces } = await server.turnout();
    document.points = dayOf([nation, ...provinces].find(({ code }) => code === document.area.code));
    await route.fulfill({ response, json: document });
  });
}

// `isOpen`: as an election that is open would be shown.
async function picture(name, path, viewport, { fullPage = false, isOpen = false, before, ...options } = {}) {
  const prepare = async (page) => {
    await withDay(page);
    await (isOpen && asOpen(page));
  };
  const page = await openPage(browser, server.publicUrl + path, { viewport, prepare, ...options });
  await page.waitForSelector("h1");
  await before?.(page);
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(width <= viewport.width, `${name} scrolls sideways: ${width} px`);
  await takeScreenshot(page, name, fullPage);
  await closePage(page);
}

// The figures as those of an election that is open, at the time of the reports.
async function asOpen(page) {
  await page.route(/\/v1\/(turnout|areas)/, async (route) => {
    const { "if-none-match": _, ...headers } = route.request().headers();
    const response = await route.fetch({ headers });
    const document = { ...(await response.json()), test: false, generated_at: `2026-03-15T${now}+07:00` };
    const date = new Date(document.generated_at).toUTCString();
    await route.fulfill({ response, headers: { ...response.headers(), date }, json: document });
  });
  await page.route("**/v1/events*", (route) => route.abort());
}

test("right after opening", async () => {
  await everyoneReports("07:07:00", 0.004, 6);
  await picture("opening-desktop", "/", desktop, { isOpen: true });
  await picture("opening-phone", "/", phone);
});

test("in the middle of the day", async () => {
  await everyoneReports("14:32:07", 0.76, 98);
  await picture("day-desktop", "/", desktop, { fullPage: true, isOpen: true });
  await picture("day-desktop-en-dark", "/?language=en", desktop, { colorScheme: "dark", isOpen: true });
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
  await picture("evening-desktop", "/", desktop, { fullPage: true, isOpen: true });
  await picture("evening-phone", "/", phone, { fullPage: true, isOpen: true });
  await picture("evening-phone-dark", "/", phone, { colorScheme: "dark", isOpen: true });
  await picture("evening-wall", "/", wall, { isOpen: true });
  await picture("evening-wall-rehearsal-dark", "/", wall, { colorScheme: "dark" });
  const besides = { isOpen: true, before: (page) => page.waitForSelector(".curve .label-other") };
  await picture("evening-province", "/a/46", desktop, { ...besides, fullPage: true });
  await picture("evening-province-beside", "/a/79?beside=46", wall, besides);
  await picture("evening-complete-province", "/a/15", desktop, besides);
  await picture("evening-province-phone", "/a/46", phone, { ...besides, fullPage: true });
  await picture("evening-commune", "/a/19789", desktop, { isOpen: true });
  await picture("evening-embed-headline", "/embed/headline", { width: 640, height: 480 });
  await picture("evening-embed-map", "/embed/map", { width: 480, height: 900 });
  const drawn = { before: (page) => page.waitForSelector(".outline text") };
  await picture("evening-outline", "/?map=outline", desktop, { ...drawn, fullPage: true });
  await picture("evening-outline-dark", "/?map=outline", phone, { ...drawn, colorScheme: "dark", fullPage: true });
  await picture("evening-print", "/", { width: 794, height: 1123 }, {
    fullPage: true,
    isOpen: true,
    before: (page) => page.emulateMedia({ media: "print" }),
  });
});

// A bulletin with the sums of its provinces is one sheet, whatever the device's theme and however it prints backgrounds.
test("a bulletin is printed on one sheet of A4", async () => {
  await server.freeze("17:00");
  await server.freeze("19:00");
  const asOfficial = (page) =>
    page.route("**/v1/bulletins", async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: (await response.text()).replaceAll('"test":true', '"test":false') });
    });
  for (const [name, path, options] of [
    ["bulletin-print", "/bulletin/newest", { prepare: asOfficial }],
    ["bulletin-print-rehearsal-en", "/bulletin/newest?language=en", { colorScheme: "dark" }],
  ]) {
    const page = await openPage(browser, server.publicUrl + path, { viewport: { width: 680, height: 1040 }, deviceScaleFactor: 2, ...options });
    await page.waitForSelector(".sheet tfoot");
    assert.equal(await page.locator(".sheet tbody tr").count(), 34);
    const pdf = (await page.pdf({ preferCSSPageSize: true })).toString("latin1");
    assert.equal(pdf.match(/\/Type \/Page\b/g).length, 1, name);
    assert.match(pdf, /\/MediaBox \[0 0 59[45][.\d]* 84[12][.\d]*\]/);
    await page.emulateMedia({ media: "print" });
    await takeScreenshot(page, name);
    await closePage(page);
  }
  await picture("bulletin-desktop", "/bulletin/newest", desktop, { fullPage: true });
  await picture("bulletin-phone-dark", "/bulletin/newest", phone, { colorScheme: "dark", fullPage: true });
  await picture("check-desktop", "/check?bulletin=1&unit=19789-003", desktop, { fullPage: true, before: (page) => page.waitForSelector(".verdict--good") });
  await picture("check-phone", "/check?bulletin=1", phone, { fullPage: true, before: (page) => page.waitForSelector(".verdict--good") });
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
