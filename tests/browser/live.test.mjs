// The live picture over the small election of tests/support: two provinces, four communes, ten units.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { closePage, expectAccessible, expectText, openPage, startBrowser } from "./browser.mjs";
import { Turnoutd } from "./turnoutd.mjs";

let server;
let browser;
let voted = 0;

// One unit's report; the others of its number are those before.
async function report(unit, seq, count, change = count) {
  voted += change;
  const as_of = `2026-03-15T${String(8 + seq).padStart(2, "0")}:00:00+07:00`;
  await server.report([{ election: "small", unit, seq, as_of, voted: count, test: true }], voted);
}

async function open(path, options) {
  const page = await openPage(browser, server.publicUrl + path, options);
  await page.waitForSelector("h1");
  return page;
}

const names = (page) => page.locator(".data tbody th a").allInnerTexts();

before(async () => {
  server = await Turnoutd.start();
  browser = await startBrowser();
  await report("0101-001", 1, 500);
  await report("0102-002", 1, 1);
  await report("0201-001", 1, 1100);
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

test("the headline is what the API says, and follows it", async () => {
  const page = await open("/");
  const { nation } = await server.turnout();
  assert.equal(nation.percent, 26.03);
  await expectText(page, ".figure", "26,03%");
  await expectText(page, ".lead span:first-child", "1.601 trong tổng số 6.150 cử tri đã bỏ phiếu");
  await expectText(page, ".lead span:last-child", "còn 4.549");
  await expectText(page, ".facts div:nth-child(1) dd", "09:00 15/3/2026, giờ Việt Nam (UTC+7)");
  await expectText(page, ".facts div:nth-child(2) dd", "3 / 10");
  await expectText(page, ".facts div:nth-child(3) dd", "0 / 4");
  assert.equal(await page.title(), "[Diễn tập] 26,03\u00a0% · Cử tri đã đi bỏ phiếu");
  assert.deepEqual(await page.locator(".stamp").allInnerTexts(), ["Diễn tập", "Chưa chính thức"]);

  await report("0201-001", 2, 1200, 100);
  await expectText(page, ".figure", "27,66%");
  assert.equal(await page.title(), "[Diễn tập] 27,66\u00a0% · Cử tri đã đi bỏ phiếu");
  await closePage(page);
});

test("the table is sorted by any column, and its address says so", async () => {
  const page = await open("/a/02");
  assert.deepEqual(await names(page), ["Xã Ba", "Xã Trống"]);
  await page.click("button:has-text('Tỉnh, thành phố'), button:has-text('Xã, phường')");
  assert.equal(await page.getAttribute("th[aria-sort]", "aria-sort"), "ascending");
  await page.click("button:has-text('Xã, phường')");
  assert.equal(await page.getAttribute("th[aria-sort]", "aria-sort"), "descending");
  assert.deepEqual(await names(page), ["Xã Trống", "Xã Ba"]);
  assert.match(page.url(), /\/a\/02\?sort=name&order=descending$/);
  await page.click("button:has-text('%')");
  assert.deepEqual(await names(page), ["Xã Ba", "Xã Trống"], "without a figure at the end");
  await page.reload();
  await page.waitForSelector("th[aria-sort=descending]");
  await closePage(page);
});

test("rows stay where they are under the pointer", async () => {
  const page = await open("/a/01?sort=percent&order=descending");
  await page.waitForSelector(".provinces tbody tr");
  assert.deepEqual(await names(page), ["Xã Một", "Xã Hai, cũ"]);
  await page.hover(".provinces tbody tr:first-child");
  await report("0102-001", 1, 700);
  await expectText(page, ".provinces tbody tr:nth-child(2) .pct", "87,52");
  assert.deepEqual(await names(page), ["Xã Một", "Xã Hai, cũ"]);
  await page.hover(".headline h1");
  await report("0102-001", 2, 710, 10);
  await expectText(page, ".provinces tbody tr:first-child .pct", "88,76");
  await closePage(page);
});

test("a search needs no accents", async () => {
  const page = await open("/");
  await page.waitForSelector(".provinces tbody tr");
  for (const [wanted, found] of [
    ["dong", ["Miền Đông"]],
    ["ĐÔNG", ["Miền Đông"]],
    ["tay", ["Miền Tây"]],
    ["mien", ["Miền Đông", "Miền Tây"]],
    ["west", ["Miền Tây"]],
    ["02", ["Miền Tây"]],
    ["hue", []],
  ]) {
    await page.fill("#find", wanted);
    assert.deepEqual(await names(page), found, wanted);
  }
  assert.ok(await page.isVisible("text=Không có tên nào như vậy."));
  await page.fill("#find", "tay");
  await page.reload();
  await page.waitForSelector(".provinces tbody tr");
  assert.deepEqual(await names(page), ["Miền Tây"]);
  await closePage(page);
});

test("one drills down to a commune, and back", async () => {
  const page = await open("/");
  await page.click(".tile:has-text('Miền Đông')");
  await expectText(page, "h1", "Cử tri Miền Đông đã đi bỏ phiếu");
  assert.equal(new URL(page.url()).pathname, "/a/01");
  assert.equal(await page.evaluate(() => document.activeElement.id), "what");
  await page.click(".data tbody a:has-text('Xã Một')");
  await expectText(page, "h1", "Cử tri Xã Một đã đi bỏ phiếu");
  await expectText(page, ".crumbs", "Cả nước Miền Đông Xã Một");
  await expectText(page, ".figure", "28,57%");
  assert.equal(await page.locator("table.data").count(), 0);
  await page.goBack();
  await expectText(page, "h1", "Cử tri Miền Đông đã đi bỏ phiếu");
  await page.goBack();
  await expectText(page, "h1", "Cử tri cả nước đã đi bỏ phiếu");
  await page.goForward();
  await expectText(page, "h1", "Cử tri Miền Đông đã đi bỏ phiếu");
  await page.goto(`${server.publicUrl}/a/nowhere`);
  await expectText(page, "h1", "Cuộc bầu cử này không có địa bàn mang mã nowhere.");
  await page.click("a");
  await expectText(page, "h1", "Cử tri cả nước đã đi bỏ phiếu");
  await closePage(page);
});

test("language and theme are chosen, and kept", async () => {
  const page = await open("/", { colorScheme: "light" });
  const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await paper();
  await page.check("input[value=en]");
  await expectText(page, "h1", "Voters who have voted, nationwide");
  assert.equal(await page.getAttribute("html", "lang"), "en");
  assert.match(page.url(), /\?language=en$/);
  assert.deepEqual(await names(page), ["East, the", "West"]);
  await page.check("input[value=dark]");
  const dark = await paper();
  assert.notEqual(dark, light);
  await page.goto(server.publicUrl);
  await expectText(page, "h1", "Voters who have voted, nationwide");
  assert.equal(await paper(), dark);
  await page.check("input[value=auto]");
  assert.equal(await paper(), light);
  await page.emulateMedia({ colorScheme: "dark" });
  assert.equal(await paper(), dark);
  await page.check("input[value=vi]");
  await expectText(page, "h1", "Cử tri cả nước đã đi bỏ phiếu");
  await closePage(page);
});

test("it can be used with the keyboard alone", async () => {
  const page = await open("/");
  await page.waitForSelector(".provinces tbody tr");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
  await page.focus("thead button");
  await page.keyboard.press("Enter");
  assert.equal(await page.getAttribute("th[aria-sort]", "aria-sort"), "ascending");
  await page.focus(".data tbody a");
  await report("0101-001", 2, 501, 1);
  await page.waitForFunction(() => document.querySelector(".data tbody a")?.closest("tr").innerText.includes("1.212"));
  assert.equal(await page.evaluate(() => document.activeElement.innerText), "Miền Đông", "focus is kept");
  await page.keyboard.press("Enter");
  await expectText(page, "h1", "Cử tri Miền Đông đã đi bỏ phiếu");
  await closePage(page);
});

test("a lost connection is said, with the age of what is shown", async () => {
  const page = await open("/");
  await expectText(page, ".line", "Trực tiếp");
  const shown = await page.innerText(".figure");
  await page.context().setOffline(true);
  await page.waitForSelector(".band--lost");
  assert.match(await page.innerText(".band--lost"), /^Mất kết nối\. Đây là số của \d\d:\d\d(:\d\d)?, \d+ giây trước\./);
  await expectText(page, ".line", "Mất kết nối");
  assert.equal(await page.innerText(".figure"), shown, "the figure stays");
  assert.match(await page.title(), /^\[Số của \d\d:\d\d(:\d\d)?\] /);
  await page.context().setOffline(false);
  await expectText(page, ".line", "Trực tiếp");
  assert.equal(await page.locator(".band--lost").count(), 0);
  await closePage(page);
});

// Answers every request for the figures with what `change` makes of the server's.
async function rewrite(page, path, change) {
  await page.route(`**${path}`, async (route) => {
    const { "if-none-match": _, ...headers } = route.request().headers();
    const response = await route.fetch({ headers });
    const document = await response.json();
    change(document);
    await route.fulfill({ response, json: document });
  });
}

// A stream of events that the test writes itself, so that it can be told what a proxy would keep back.
async function fakeStream(page) {
  await page.addInitScript(() => {
    globalThis.EventSource = class extends EventTarget {
      static CLOSED = 2;
      constructor(path) {
        super();
        globalThis.stream = this;
        this.path = path;
      }
      close() {}
    };
  });
  const asked = { count: 0 };
  page.on("request", (request) => (asked.count += request.url().endsWith("/v1/turnout") ? 1 : 0));
  await page.reload();
  await page.waitForSelector(".figure, .verify__word");
  return asked;
}

async function sendEvent(page, document) {
  await page.evaluate((data) => globalThis.stream.dispatchEvent(new MessageEvent("turnout", { data })), JSON.stringify(document));
}

test("events tell what changes, and are not trusted when they keep something back", async () => {
  const page = await open("/");
  const asked = await fakeStream(page);
  assert.equal(await page.evaluate(() => globalThis.stream.path), "/v1/events");
  const { provinces, ...document } = await server.turnout();
  document.nation.voted = 3000;
  document.nation.percent = 48.78;
  await sendEvent(page, { ...document, provinces: [{ ...provinces[1], percent: 99.99 }] });
  await expectText(page, ".figure", "48,78%");
  await expectText(page, "a.tile >> nth=1", "Miền Tây 99,99 %");
  assert.match(await page.innerText("a.tile >> nth=0"), /Miền Đông/, "what has not changed stays");

  // With every event the next question is put off; then one that the stream does not tell is found by asking.
  const before = asked.count;
  await page.waitForTimeout(3000);
  assert.equal(asked.count, before, "nothing is asked for while events come");
  await report("0201-002", 1, 10);
  await page.waitForFunction((text) => document.querySelector(".lead strong").innerText === text, voted.toLocaleString("vi-VN"));
  await report("0201-002", 2, 11, 1);
  const start = Date.now();
  await page.waitForFunction((text) => document.querySelector(".lead strong").innerText === text, voted.toLocaleString("vi-VN"));
  assert.ok(Date.now() - start < 9000, "it is asked for often again");
  await closePage(page);
});

test("figures that the server cannot renew are not called live", async () => {
  const page = await open("/");
  await rewrite(page, "/v1/turnout", (document) => {
    document.generated_at = "2026-03-15T14:32:07+07:00";
  });
  await page.waitForSelector(".band--lost");
  assert.match(await page.innerText(".band--lost"), /^Máy chủ chưa có số mới\. Đây là số của 14:32:07, /);
  await expectText(page, ".line", "Số cũ");
  await closePage(page);
});

test("no figure is shown rather than a wrong one", async () => {
  const page = await open("/");
  const { as_of } = (await server.turnout()).nation;
  await rewrite(page, "/v1/turnout", ({ nation, provinces }) => {
    for (const area of [nation, provinces[0]]) {
      area.verified = false;
      for (const count of ["registered", "voted", "remaining", "percent", "units_reported", "communes_complete", "as_of"]) {
        area[count] = null;
      }
    }
  });
  await expectText(page, ".verify__word", "Đang kiểm tra");
  assert.ok((await page.innerText(".lead")).startsWith(`Số đã kiểm gần nhất, lúc ${as_of.slice(11, 16)}: `));
  assert.equal(await page.locator(".figure").count(), 0);
  await expectText(page, "a.tile.unsure", "Miền Đông kiểm tra");
  assert.ok(await page.isVisible("tr.unsure >> text=Đang kiểm tra"));
  await expectAccessible(page);
  await closePage(page);
});

test("parts of it may be framed by other sites", async () => {
  for (const [part, selector] of [
    ["headline", ".figure"],
    ["map", ".tile"],
  ]) {
    const page = await open(`/embed/${part}`);
    await page.waitForSelector(selector);
    await expectAccessible(page);
    await closePage(page);
  }
});

for (const colorScheme of ["light", "dark"]) {
  test(`axe-core finds nothing, ${colorScheme}`, async () => {
    for (const path of ["/", "/?language=en", "/a/01", "/a/0101", "/a/nowhere"]) {
      const page = await open(path, { colorScheme });
      await page.waitForTimeout(0);
      await expectAccessible(page);
      await closePage(page);
    }
  });
}
