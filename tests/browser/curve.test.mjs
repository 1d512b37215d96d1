// The day's curve: what /v1/series says, drawn to scale, with the rounds marked and another area beside it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { closePage, expectAccessible, expectText, openPage, startBrowser } from "./browser.mjs";
import { Turnoutd, until } from "./turnoutd.mjs";

let server;
let browser;

before(async () => {
  server = await Turnoutd.start();
  browser = await startBrowser();
  await server.report([{ election: "small", unit: "0101-001", seq: 1, as_of: "2026-03-15T09:00:00+07:00", voted: 400, test: true }], 400);
  await until("a point of the series", async () => (await (await fetch(`${server.publicUrl}/v1/series`)).json()).points.length > 0);
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

async function open(path, prepare) {
  const page = await openPage(browser, server.publicUrl + path, { prepare });
  await page.waitForSelector(".curve .dot--last");
  return page;
}

const expectLabel = (page, text) => page.waitForFunction((wanted) => document.querySelector(".curve svg")?.getAttribute("aria-label") === wanted, text);

// Figures of the election's day until 14:30, instead of today's.
const day = [
  ["07:00", 0],
  ["08:59", 10],
  ["09:00", 20],
  ["11:00", 50.64],
  ["12:00", 50.64],
  ["13:10", 80],
  ["14:30", 99.97],
];

async function withDay(page) {
  await page.route("**/v1/series?*", async (route) => {
    const response = await route.fetch();
    const document = await response.json();
    const share = document.area.level === "nation" ? 1 : 0.5;
    document.points = day.map(([time, percent]) => ({ time: `2026-03-15T${time}:00+07:00`, percent: percent * share }));
    await route.fulfill({ response, json: document });
  });
}

const numbers = (page, selector, ...names) =>
  page.locator(selector).evaluateAll((elements, wanted) => elements.map((element) => wanted.map((name) => Number(element.getAttribute(name)))), names);

test("a day that is replayed has its rounds from its bulletins, and ends with the figure of the headline", async () => {
  const page = await open("/");
  await expectLabel(page, "Cả nước: 6,50\u00a0%");
  await page.click(".curve summary");
  await expectText(page, ".curve tbody tr:last-child td", "6,50");
  await server.report([{ election: "small", unit: "0201-001", seq: 1, as_of: "2026-03-15T09:00:00+07:00", voted: 1200, test: true }], 1600);
  await expectLabel(page, "Cả nước: 26,02\u00a0%");
  assert.equal(await page.locator(".curve .dot").count(), 0, "no round is over");
  await server.freeze("09:00");
  await server.report([{ election: "small", unit: "0201-002", seq: 1, as_of: "2026-03-15T10:30:00+07:00", voted: 300, test: true }], 1900);
  await page.waitForSelector(".curve .dot");
  await expectLabel(page, "Cả nước: 30,89\u00a0%");
  assert.equal((await page.getAttribute(".curve path.nation", "d")).split("L").length, 3);
  const rows = (await page.locator(".curve tbody tr").allInnerTexts()).map((row) => row.split("\t"));
  assert.deepEqual(rows, [["09:00", "26,02"], ["10:30", "30,89"]]);
  await closePage(page);
});

test("the day is drawn to scale, with its rounds marked", async () => {
  const page = await open("/", withDay);
  await expectLabel(page, "Cả nước: 99,97\u00a0%");
  const [top, bottom] = [await numbers(page, ".curve .grid", "y1"), await numbers(page, "line.axis >> nth=0", "y1")].map((lines) => Math.min(...lines.flat()));
  const [[left, right]] = await numbers(page, "line.axis >> nth=0", "x1", "x2");
  const placeOf = (time, percent) => {
    const hours = Number(time.slice(0, 2)) + Number(time.slice(3)) / 60;
    return [left + ((right - left) * (hours - 7)) / 12, bottom - ((bottom - top) * percent) / 100];
  };
  const near = (found, wanted) => assert.ok(found.every((number, index) => Math.abs(number - wanted[index]) < 0.1), `${found} is not ${wanted}`);
  const path = (await page.getAttribute(".curve path.nation", "d")).split(/[ML]/).slice(1);
  assert.equal(path.length, day.length);
  path.forEach((point, index) => near(point.split(" ").map(Number), placeOf(...day[index])));
  // The rounds that have been: 09:00, 11:00 and 13:00, of which the last shows what was known by then.
  const dots = await numbers(page, ".curve .dot", "cx", "cy");
  assert.equal(dots.length, 3);
  [["09:00", 20], ["11:00", 50.64], ["13:00", 50.64]].forEach((mark, index) => near(dots[index], placeOf(...mark)));
  assert.deepEqual(await page.locator(".curve .value").allTextContents(), ["20,0", "50,6", "50,6"]);
  assert.equal(await page.locator("line.round").count(), 6);
  await page.click(".curve summary");
  const rows = (await page.locator(".curve tbody tr").allInnerTexts()).map((row) => row.split("\t"));
  assert.deepEqual(rows, [["09:00", "20,00"], ["11:00", "50,64"], ["13:00", "50,64"], ["14:30", "99,97"]]);
  await expectAccessible(page);
  await closePage(page);
});

test("a province stands beside the nation, and the nation beside a province; its address says which", async () => {
  const page = await open("/", withDay);
  await page.selectOption("#beside", "02");
  await expectLabel(page, "Cả nước: 99,97\u00a0%; Miền Tây: 49,99\u00a0%");
  assert.match(page.url(), /\/\?beside=02$/);
  await page.reload();
  await expectLabel(page, "Cả nước: 99,97\u00a0%; Miền Tây: 49,99\u00a0%");
  await expectAccessible(page);
  await page.click(".tile:has-text('Miền Đông')");
  await expectLabel(page, "Miền Đông: 49,99\u00a0%; Cả nước: 99,97\u00a0%");
  await page.focus("#beside");
  await page.keyboard.press("ArrowDown");
  await expectLabel(page, "Miền Đông: 49,99\u00a0%; Miền Tây: 49,99\u00a0%");
  await page.check("input[value=en]");
  await expectLabel(page, "East, the: 49.99%; West: 49.99%");
  await page.goto(`${server.publicUrl}/a/0101`);
  await page.waitForSelector(".figure");
  assert.equal(await page.locator(".curve").count(), 0, "a commune has no series");
  await closePage(page);
});

test("nothing of it lies outside the drawing, at any width", async () => {
  for (const width of [320, 390, 700, 1100, 1440, 1920]) {
    const page = await openPage(browser, `${server.publicUrl}/?beside=01`, { viewport: { width, height: 900 }, prepare: withDay });
    await page.waitForSelector(".curve .label-other");
    const outside = await page.evaluate(() => {
      const frame = document.querySelector(".curve svg").getBoundingClientRect();
      return [...document.querySelectorAll(".curve svg text, .curve svg circle")]
        .map((element) => ({ text: element.textContent, box: element.getBoundingClientRect() }))
        .filter(({ box }) => box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 1 || box.bottom > frame.bottom + 1)
        .map(({ text }) => text);
    });
    assert.deepEqual(outside, [], `${width} px`);
    await closePage(page);
  }
});
