// The committee's desk: the round board and the lists of units, each with a filter and an address.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { closePage, expectAccessible, expectText, startBrowser, takeScreenshot } from "./browser.mjs";
import { openDesk, post, reportOf } from "./desk.mjs";
import { Turnoutd } from "./turnoutd.mjs";

const phone = { width: 390, height: 844 };

let server;
let browser;
let admin;
let decider;

before(async () => {
  server = await Turnoutd.start();
  browser = await startBrowser();
  admin = server.token("admin", "T", "The nation’s office");
  decider = server.token("decide", "01", "Miền Đông");
  await server.report([reportOf("0101-001", 1, 400), reportOf("0201-001", 1, 120), reportOf("0201-001", 2, 1120, { as_of: "2026-03-15T09:10:00+07:00" })], 1520);
  await server.report([reportOf("0101-002", 1, 60, { as_of: "2026-03-15T09:59:00+07:00", kind: "final" })], 1580);
  await post(server, reportOf("0101-003", 1, 900), 422);
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

test("the round board says who is on time, late and silent, down to the units", async () => {
  const page = await openDesk(browser, server, admin, "#/board/1");
  await expectText(page, "h1", "Đợt 09:00 Đất Thử");
  await expectText(page, ".tally", "tổ chưa báo 7 báo trễ 1 không có sóng 0 đúng giờ 2 tất cả 10");
  assert.deepEqual(await page.locator(".board tbody th").allInnerTexts(), ["Miền Đông", "Miền Tây"]);
  await page.click(".board thead >> text=Trễ");
  assert.match(page.url(), /sort=late&order=descending$/);
  await expectAccessible(page);
  await page.click(".board tbody >> text=Miền Đông");
  await expectText(page, "h1", "Đợt 09:00 Miền Đông");
  assert.match(page.url(), /#\/board\/1\?area=01$/);
  assert.equal(await page.locator("tr:has-text('Xã Một') .strip path.on").count(), 1);
  await page.fill("#find", "xa mot");
  assert.deepEqual(await page.locator(".board tbody th").allInnerTexts(), ["Xã Một"]);
  await takeScreenshot(page, "committee-board");
  await page.click(".rounds >> text=11:00");
  await expectText(page, ".tally .first dd", "6");
  await page.click("text=Lên một cấp");
  await expectText(page, ".tally .first dd", "10");
  await page.goto(`${server.intakeUrl}/committee#/board/1?area=01`);
  await page.click(".board tbody >> text=Xã Một");
  await page.waitForSelector(".long >> text=0101-002");
  assert.equal(await page.locator(".long tbody tr").count(), 3);
  await expectAccessible(page);
  await closePage(page);
});

test("the silent units of a round, with their telephone numbers and an address for what is shown", async () => {
  const page = await openDesk(browser, server, decider);
  await page.click(".views >> text=Chưa báo");
  await page.click(".rounds >> text=09:00");
  await expectText(page, ".tally .first dd", "4");
  await page.click(".rounds >> text=Chưa lần nào");
  await expectText(page, "h1", "Chưa báo lần nào");
  await page.waitForSelector(".long tbody tr");
  await page.fill("#find", "khu vuc 2");
  await expectText(page, ".long tbody tr:nth-child(1) th", "0102-002 Khu vực 2");
  assert.equal(new URL(page.url()).hash, "#/silent/0?find=khu%20vuc%202");
  await page.reload();
  await expectText(page, ".long tbody tr:nth-child(1) th", "0102-002 Khu vực 2");
  assert.equal(await page.locator(".long tbody tr").count(), 1);
  await page.fill("#find", "");
  const [download] = await Promise.all([page.waitForEvent("download"), page.click("text=Lưu danh sách điện thoại")]);
  assert.equal(download.suggestedFilename(), "silent-0.csv");
  const lines = readFileSync(await download.path(), "utf8").split("\r\n");
  assert.equal(lines[0], "\ufeffunit,name,commune,contact,status,seq,as_of");
  assert.equal(lines[1], "0101-003,Khu vực 3,0101,,silent,0,");
  await expectAccessible(page);
  await takeScreenshot(page, "committee-silent");
  await closePage(page);
});

test("why a unit is silent is noted, and stands in the lists", async () => {
  const page = await openDesk(browser, server, decider, "#/unit/0102-003", { colorScheme: "dark" });
  await page.click("text=Ghi lý do…");
  await page.check("text=Sẽ báo vào giờ khác");
  assert.ok(await page.isDisabled(".decide button[type=submit]"));
  await expectAccessible(page);
  await page.check("text=Làm việc nhưng không có sóng");
  await page.fill("#excuse-note", "đi xuồng");
  await page.click(".decide button[type=submit]");
  await page.waitForSelector(".stamp:has-text('không có sóng') >> xpath=.. >> text=đi xuồng");
  await page.goto(`${server.intakeUrl}/committee#/silent/1?find=0102-003`);
  await page.waitForSelector(".long tbody >> text=không có sóng");
  await page.goto(`${server.intakeUrl}/committee#/board/1`);
  await expectText(page, ".tally", "tổ chưa báo 3 báo trễ 1 không có sóng 1 đúng giờ 1 tất cả 6");

  await page.goto(`${server.intakeUrl}/committee#/unit/0101-001`);
  await page.click("text=Ghi lý do…");
  await page.check("text=Không mở cửa");
  await page.click(".decide button[type=submit]");
  await expectText(page, ".decide .error", "Tổ này đang được tính; bỏ các báo cáo của tổ trước đã.");
  await closePage(page);
});

test("what broke a rule, what was refused, and who owes a final", async () => {
  const page = await openDesk(browser, server, admin, "#/flagged");
  await expectText(page, ".tally .first dd", "1");
  await page.waitForSelector(".long tbody >> text=Tăng nhanh hơn một tổ làm được.");
  await expectText(page, ".views [aria-current] b", "1");
  await expectAccessible(page);
  await page.click(".views >> text=Bị từ chối");
  await page.waitForSelector(".long tbody >> text=Nhiều hơn số cử tri trong danh sách.");
  await expectAccessible(page);
  await takeScreenshot(page, "committee-refused");
  await page.click(".views >> text=Chưa có báo cáo cuối");
  await expectText(page, ".tally .first dd", "9");
  await page.waitForSelector(".long tbody tr");
  assert.equal(await page.locator(".long tbody >> text=0101-002").count(), 0);
  await page.click(".long tbody >> text=0201-001");
  await expectText(page, ".tally .first dd", "1.120");
  await page.waitForSelector(".history tbody >> text=Tăng nhanh hơn một tổ làm được.");
  await page.goBack();
  await expectText(page, ".tally .first dd", "9");
  await expectAccessible(page);
  await closePage(page);
});

test("a list that is too long for one page says so", async () => {
  const page = await openDesk(browser, server, admin);
  await page.route("**/owing?*", async (route) => {
    const after = Number(new URL(route.request().url()).searchParams.get("after") ?? 0);
    const units = Array.from({ length: 1000 }, (_, index) => ({ unit: `U${after + index}`, name: "", commune: "0101", contact: null, seq: 0, registered: 1 }));
    await route.fulfill({ json: { area: "T", units, total: 72195, next: String(after + 1000) } });
  });
  await page.click(".views >> text=Chưa có báo cáo cuối");
  await expectText(page, ".tally .first dd", "72.195");
  await expectText(page, ".error", "Chỉ có 10.000 tổ đầu tiên. Vào từ một tỉnh ở bảng đợt báo cáo để có đủ.");
  await closePage(page);
});

test("a unit is found by its code", async () => {
  const page = await openDesk(browser, server, decider, "#/units");
  await page.fill("#code", "0102-001");
  await page.keyboard.press("Enter");
  await expectText(page, "h1", "Khu vực 1 Xã Hai, cũ · mã tổ 0102-001");
  await expectText(page, ".tally .first dt", "Chưa có báo cáo nào được tính");
  await page.goto(`${server.intakeUrl}/committee#/unit/0201-001`);
  await expectText(page, ".error", "Ngoài địa bàn của thẻ này.");
  await closePage(page);
});

test("no view scrolls sideways on a telephone, and axe-core finds nothing in English and dark", async () => {
  const page = await openDesk(browser, server, admin, "", { viewport: phone, language: "en-GB", colorScheme: "dark" });
  for (const view of ["board/1", "board/1?area=0101", "silent/1", "held", "flagged", "refused", "owing", "units?area=0101", "unit/0201-001", "ledger", "election"]) {
    await page.goto(`${server.intakeUrl}/committee#/${view}`);
    await page.waitForSelector("main h1");
    await page.waitForTimeout(100);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= phone.width, `${view} scrolls sideways: ${width} px`);
    await expectAccessible(page);
    await takeScreenshot(page, `committee-phone-${view.replace(/\W/g, "-")}`);
  }
  await closePage(page);
});
