// A bulletin on one sheet: it says what the bulletin's files say, in both languages, and prints on one page of A4.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, test } from "node:test";
import { closePage, expectAccessible, expectText, openPage, startBrowser, takeScreenshot } from "./browser.mjs";
import { Turnoutd } from "./turnoutd.mjs";

let server;
let browser;

const reportOf = (unit, seq, voted) => ({ election: "small", unit, seq, as_of: `2026-03-15T${String(8 + seq).padStart(2, "0")}:00:00+07:00`, voted, test: true });

before(async () => {
  server = await Turnoutd.start();
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

async function open(path, options) {
  const page = await openPage(browser, server.publicUrl + path, options);
  await page.waitForSelector("h1");
  return page;
}

const cells = async (page, rows) => (await page.locator(`${rows} tr`).allInnerTexts()).map((row) => row.trim().split(/\s*\t\s*/));
const vietnamese = (number) => Number(number).toLocaleString("vi-VN");

test("without a bulletin the page says so", async () => {
  const page = await open("/bulletin/newest");
  await expectText(page, "h1", "Chưa có bản tin nào.");
  await expectAccessible(page);
  await closePage(page);
});

test("it says what the files say", async () => {
  await server.report([reportOf("0101-001", 1, 400), reportOf("0201-001", 1, 1200)], 1600);
  const first = await server.freeze("09:00");
  await server.report([reportOf("0101-001", 2, 624), reportOf("0102-001", 1, 800)], 2624);
  const second = await server.freeze("11:00");

  const page = await open("/bulletin/newest");
  await expectText(page, "h1", `Bản tin số ${second}, đợt 11:00`);
  const [, ...lines] = await server.file(second, "areas/T.csv");
  const shown = [...(await cells(page, "tbody")), ...(await cells(page, "tfoot"))];
  const names = { "01": "Miền Đông", "02": "Miền Tây", T: "Cả nước" };
  assert.deepEqual(
    shown.map(([name, registered, voted, remaining, , , units]) => [name, registered, voted, remaining, units]),
    lines.map(([code, registered, voted, units, reported]) => [names[code], vietnamese(registered), vietnamese(voted), vietnamese(registered - voted), `${reported} / ${units}`]),
  );
  assert.deepEqual(shown.map((row) => row[5]), ["+1.024", "0", "+1.024"]);
  await expectText(page, ".sheet__figure", "42,67%");
  const statement = Buffer.from(await (await fetch(`${server.publicUrl}/v1/bulletins/${second}/bulletin.txt`)).arrayBuffer());
  const sha256 = createHash("sha256").update(statement).digest("hex");
  await expectText(page, ".sheet__proof dd >> nth=0", sha256.match(/.{8}/g).join(" "));
  await expectText(page, ".sheet__proof dt >> nth=1", `Bản tin số ${first}`);
  const { keys } = await (await fetch(`${server.publicUrl}/v1/keys`)).json();
  await expectText(page, ".sheet__proof dd >> nth=2", keys[0].public_key);
  assert.match(await page.title(), /^\[Diễn tập\] Bản tin số \d+ · 11:00 · /);
  assert.deepEqual(await page.locator(".sheet .stamp").allInnerTexts(), ["Diễn tập", "Chưa chính thức"]);

  await page.click(`text=Bản tin số ${first}, 09:00`);
  await expectText(page, "h1", `Bản tin số ${first}, đợt 09:00`);
  assert.equal(new URL(page.url()).pathname, `/bulletin/${first}`);
  assert.equal(await page.locator("thead th").count(), 6, "there is none before it to compare with");
  await closePage(page);
});

test("both languages", async () => {
  const page = await open("/bulletin/newest");
  await page.check("input[value=en]");
  await expectText(page, "tbody tr:first-child th", "East, the");
  await expectText(page, ".sheet__figure", "42.67%");
  assert.match(page.url(), /\/bulletin\/newest\?language=en$/);
  await page.click("text=Check it yourself >> nth=0");
  await expectText(page, "h1", "Check a bulletin yourself");
  await closePage(page);
});

test("one that is not there is said, with a way to one that is", async () => {
  const page = await open("/bulletin/9999");
  await expectText(page, "h1", "Không có bản tin số 9999.");
  await page.click("text=Bản tin mới nhất");
  await page.waitForSelector(".sheet");
  await closePage(page);
});

test("it can be used with the keyboard alone", async () => {
  const page = await open("/bulletin/newest");
  await page.waitForSelector(".toolbar");
  await page.evaluate(() => (window.print = () => (globalThis.isPrinted = true)));
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.innerText), "In hoặc lưu PDF");
  await page.keyboard.press("Enter");
  assert.ok(await page.evaluate(() => globalThis.isPrinted));
  await closePage(page);
});

for (const colorScheme of ["light", "dark"]) {
  test(`axe-core finds nothing, ${colorScheme}`, async () => {
    const page = await open("/bulletin/newest", { colorScheme });
    await page.waitForSelector(".sheet");
    await expectAccessible(page);
    await takeScreenshot(page, `bulletin-rehearsal-${colorScheme}`);
    await closePage(page);
  });
}
