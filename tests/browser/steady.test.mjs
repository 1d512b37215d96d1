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
import { Turnoutd, programs, source } from "./turnoutd.mjs";

const seconds = Number(process.env.STEADY_SECONDS ?? 6);
const isLong = seconds >= 60;
const warmUpSeconds = Math.max(3, seconds / 10); // until every unit that reports has been drawn once, and the engine has settled
const EVENTS_A_SECOND = 10;
const GROWTH_BYTES_MAX = 500_000;
const GROWTH_NODES_MAX = 100;
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

// What the page holds once all that can be freed is.
async function measure(devtools) {
  await devtools.send("HeapProfiler.collectGarbage");
  const { metrics } = await devtools.send("Performance.getMetrics");
  return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
}

// What takes longer than 50 ms is noted in `steady.longTasks`.
function noteLongTasks() {
  globalThis.steady = { events: 0, longTasks: [] };
  const note = (list) => globalThis.steady.longTasks.push(...list.getEntries().map(({ duration }) => duration));
  new PerformanceObserver(note).observe({ type: "longtask" });
}

async function openDevtools(page) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Performance.enable", { timeDomain: "threadTicks" }); // the processor's time, whatever else runs
  return devtools;
}

// What each of so many steps has cost the main thread between two measurements.
function costOf(step, first, last, steps) {
  const cost = (name) => `${((1000 * (last[name] - first[name])) / steps).toFixed(1)} ms`;
  return `${step} takes the main thread ${cost("TaskDuration")}: script ${cost("ScriptDuration")}, style ${cost("RecalcStyleDuration")}, layout ${cost("LayoutDuration")}`;
}

const tasks = (longTasks) => `${longTasks.length} tasks above 50 ms, the longest ${Math.round(Math.max(0, ...longTasks))} ms`;

test("a list of 8,899 units scrolls lightly", async (context) => {
  const page = await openDesk(browser, server, server.token("view", "79", "Hồ Chí Minh"), "#/silent/0");
  await expectText(page, ".tally .first dd", "8.899");
  await page.waitForSelector(".long tbody tr");
  await page.evaluate(noteLongTasks);
  const devtools = await openDevtools(page);
  const first = await measure(devtools);
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
  const last = await measure(devtools);
  context.diagnostic(costOf(`a frame of ${SCROLL_STEP_PX} px`, first, last, SCROLL_STEPS));
  context.diagnostic(tasks(await page.evaluate(() => globalThis.steady.longTasks)));
  await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
  assert.ok(most < 200, `${most} rows are there at once`);
  const isShown = () => [...document.querySelectorAll(".long tbody tr:not([aria-hidden])")].some((row) => row.getBoundingClientRect().bottom > 0 && row.getBoundingClientRect().top < window.innerHeight - 100);
  await page.waitForFunction(isShown);
  await page.goto(`${server.intakeUrl}/committee#/board/1`);
  await page.waitForSelector(".board tbody tr:nth-child(100)");
  await takeScreenshot(page, "committee-board-large");
  await closePage(page);
});

test("ten events a second leave the page as large and as quick as it was", async (context) => {
  const page = await openPage(browser, "about:blank");
  await page.addInitScript(noteLongTasks);
  await page.addInitScript(() => {
    const { addEventListener } = EventSource.prototype;
    EventSource.prototype.addEventListener = function (kind, listener) {
      addEventListener.call(this, kind, (event) => {
        globalThis.steady.events++;
        listener(event);
      });
    };
  });
  await page.goto(server.publicUrl);
  await page.waitForSelector("a.tile");
  page.faults = page.faults.filter((fault) => !fault.startsWith("a request to"));
  const devtools = await openDevtools(page);

  let isOver = false;
  const reporting = reportUntil(() => isOver);
  await page.waitForTimeout(1000 * warmUpSeconds);
  const first = await measure(devtools);
  await page.evaluate(() => Object.assign(globalThis.steady, { events: 0, longTasks: [] }));
  await page.waitForTimeout(1000 * seconds);
  const { events, longTasks } = await page.evaluate(() => globalThis.steady);
  const last = await measure(devtools);
  isOver = true;
  await reporting;

  const grown = (name) => last[name] - first[name];
  context.diagnostic(`${(events / seconds).toFixed(1)} events a second for ${seconds} s`);
  context.diagnostic(`heap ${Math.round(first.JSHeapUsedSize / 1000)} kB, grown by ${Math.round(grown("JSHeapUsedSize") / 1000)} kB; ${first.Nodes} nodes, grown by ${grown("Nodes")}; listeners grown by ${grown("JSEventListeners")}`);
  context.diagnostic(costOf("an event", first, last, events));
  context.diagnostic(tasks(longTasks));
  assert.ok(events > 0, "no event came");
  assert.ok(grown("JSHeapUsedSize") < GROWTH_BYTES_MAX, "the heap has grown");
  assert.ok(grown("Nodes") < GROWTH_NODES_MAX, "there are more nodes");
  assert.ok(grown("JSEventListeners") <= 10, "there are more listeners");
  assert.ok(!isLong || longTasks.length === 0, "the main thread was kept");
  await closePage(page);
});
