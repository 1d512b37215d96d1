// Pages over the whole register. Under ten events a second the live picture's memory does not grow and its main thread stays
// free: some seconds here; the long form also holds its tasks to 50 ms, and wants the machine to itself:
//   STEADY_SECONDS=300 node --test tests/browser/steady.test.mjs
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { closePage, expectText, openPage, startBrowser, takeScreenshot } from "./browser.mjs";
import { openDesk } from "./desk.mjs";
import { costOf, measure, openDevtools, tasksOf, watchTasks } from "./devtools.mjs";
import { Turnoutd, programs, source } from "./turnoutd.mjs";

const seconds = Number(process.env.STEADY_SECONDS ?? 6);
const isLong = seconds >= 60;
const warmUpSeconds = Math.max(3, seconds / 10); // until every unit that reports has been drawn once, and the engine has settled
const EVENTS_A_SECOND = 10;
const GROWTH_BYTES_MAX = 500_000;
const GROWTH_NODES_MAX = 100;
const SLICES = 5; // of the time, with what is held measured after each
const SCROLL_STEPS = 300;
const SCROLL_STEP_PX = 120;

let election;
let server;
let browser;
let provinces; // the codes of the units of each

before(async () => {
  election = mkdtempSync(join(tmpdir(), "turnout-election-"));
  cpSync(join(source, "config/elections/vn-2026"), election, { recursive: true });
  execFileSync(join(programs, "turnout"), ["register", "make", election]);
  const codes = readFileSync(join(election, "units.csv"), "utf8").trim().split("\n").slice(1).map((row) => row.split(",")[0]);
  const provinceOf = new Map(readFileSync(join(election, "areas.csv"), "utf8").trim().split("\n").map((row) => row.split(",")).map(([code, , parent]) => [code, parent]));
  const byProvince = new Map();
  for (const code of codes) {
    const province = provinceOf.get(code.slice(0, code.lastIndexOf("-")));
    byProvince.set(province, [...(byProvince.get(province) ?? []), code]);
  }
  provinces = [...byProvince.values()];
  server = await Turnoutd.start(election);
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  await server?.stop();
  rmSync(election, { recursive: true });
});

// A unit of each province reports one voter more, ten times a second: so every event has every province.
async function reportUntil(isOver) {
  for (let tick = 0; !isOver(); tick++) {
    const next = Date.now() + 1000 / EVENTS_A_SECOND;
    const reports = provinces.map((units) => {
      const turn = Math.floor(tick / units.length) + 1;
      return { election: "vn-2026", unit: units[tick % units.length], seq: turn, as_of: "2026-03-15T12:00:00+07:00", voted: turn, test: true };
    });
    const body = reports.map((report) => JSON.stringify(report)).join("\n");
    const answer = await fetch(`${server.intakeUrl}/v1/reports`, { method: "POST", headers: { "Content-Type": "application/x-ndjson" }, body });
    assert.equal(answer.status, 200);
    await answer.text();
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, next - Date.now())));
  }
}

test("a list of 8,899 units scrolls lightly", async (context) => {
  const page = await openDesk(browser, server, server.token("view", "79", "Hồ Chí Minh"), "#/silent/0", { viewport: { width: 1440, height: 900 } });
  await expectText(page, ".tally .first dd", "8.899");
  await page.waitForSelector(".long tbody tr");
  const devtools = await openDevtools(page);
  const first = await measure(devtools);
  const endWatch = await watchTasks(devtools);
  // A notch of a wheel each frame; then to the end at once.
  const most = await page.evaluate(
    async ({ steps, stepPx }) => {
      let rows = 0;
      for (let step = 0; step < steps; step++) {
        window.scrollBy(0, stepPx);
        await new Promise(requestAnimationFrame);
        rows = Math.max(rows, document.querySelectorAll(".long tbody tr").length);
      }
      return rows;
    },
    { steps: SCROLL_STEPS, stepPx: SCROLL_STEP_PX },
  );
  const longTasks = await endWatch();
  const last = await measure(devtools);
  context.diagnostic(costOf(`a frame of ${SCROLL_STEP_PX} px`, first, last, SCROLL_STEPS));
  context.diagnostic(tasksOf(longTasks));
  await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
  assert.ok(most < 200, `${most} rows are there at once`);
  const isShown = () => [...document.querySelectorAll(".long tbody tr:not([aria-hidden])")].some((row) => row.getBoundingClientRect().bottom > 0 && row.getBoundingClientRect().top < window.innerHeight - 100);
  await page.waitForFunction(isShown);
  assert.equal(await page.locator(".error").count(), 0);
  await page.goto(`${server.intakeUrl}/committee#/board/1`);
  await page.waitForSelector(".board tbody tr:nth-child(100)");
  await takeScreenshot(page, "committee-board-large", false);
  await closePage(page);
});

test("ten events a second leave the page as large and as quick as it was", async (context) => {
  const page = await openPage(browser, server.publicUrl);
  await page.addInitScript(() => {
    globalThis.eventCount = 0;
    const { addEventListener } = EventSource.prototype;
    EventSource.prototype.addEventListener = function (kind, listener) {
      addEventListener.call(this, kind, (event) => {
        globalThis.eventCount++;
        listener(event);
      });
    };
  });
  await page.reload();
  await page.waitForSelector("a.tile");
  const devtools = await openDevtools(page);

  let isOver = false;
  const reporting = reportUntil(() => isOver);
  await page.waitForTimeout(1000 * warmUpSeconds);
  const eventCount = () => page.evaluate(() => globalThis.eventCount);
  const before = await eventCount();
  const measured = [await measure(devtools)];
  const longTasks = [];
  for (let slice = 0; slice < SLICES; slice++) {
    const endWatch = await watchTasks(devtools);
    await page.waitForTimeout((1000 * seconds) / SLICES);
    longTasks.push(...(await endWatch()));
    measured.push(await measure(devtools));
  }
  const events = (await eventCount()) - before;
  const [first, last] = [measured[0], measured[SLICES]];
  isOver = true;
  await reporting;

  const grown = (name) => last[name] - first[name];
  context.diagnostic(`${(events / seconds).toFixed(1)} events a second for ${seconds} s`);
  context.diagnostic(`heap in kB: ${measured.map(({ JSHeapUsedSize }) => Math.round(JSHeapUsedSize / 1000)).join(", ")}; ${first.Nodes} nodes, grown by ${grown("Nodes")}; listeners grown by ${grown("JSEventListeners")}`);
  context.diagnostic(costOf("an event", first, last, events));
  context.diagnostic(tasksOf(longTasks));
  assert.ok(events > 0, "no event came");
  // The least of several: now and then not all that is free is found.
  const least = (some) => Math.min(...some.map(({ JSHeapUsedSize }) => JSHeapUsedSize));
  assert.ok(least(measured.slice(-3)) - least(measured.slice(0, 3)) < GROWTH_BYTES_MAX, "the heap has grown");
  assert.ok(grown("Nodes") < GROWTH_NODES_MAX, "there are more nodes");
  assert.ok(grown("JSEventListeners") <= 10, "there are more listeners");
  assert.ok(!isLong || longTasks.length === 0, "the main thread was kept");
  await closePage(page);
});
