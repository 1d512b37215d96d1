// The committee's desk: signing in, a held report decided once, who is silent, one unit, phase and publication.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { closePage, expectAccessible, expectText, openPage, startBrowser, takeScreenshot } from "./browser.mjs";
import { Turnoutd, programs, source, until } from "./turnoutd.mjs";

let server;
let browser;
let admin;
let decider;

const reportOf = (unit, seq, voted, more = {}) => ({ election: "small", unit, seq, as_of: `2026-03-15T${String(8 + seq).padStart(2, "0")}:00:00+07:00`, voted, test: true, ...more });

before(async () => {
  server = await Turnoutd.start();
  browser = await startBrowser();
  admin = server.token("admin", "T", "The nation’s office");
  decider = server.token("decide", "01", "Miền Đông");
  await server.report([reportOf("0101-001", 1, 400)], 400);
  await hold(reportOf("0101-001", 2, 500, { registered: 1500 }));
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

// Sends a report that the rules hold.
async function hold(report) {
  const answer = await fetch(`${server.intakeUrl}/v1/reports`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(report) });
  assert.equal(answer.status, 202);
}

const open = (hash = "", options = {}) => openPage(browser, `${server.intakeUrl}/committee${hash}`, options);

// The server knows a token within two seconds.
async function signIn(page, token) {
  await until("the server to know the token", async () => {
    await page.fill("#token", token);
    await page.click("button[type=submit]");
    return page.waitForSelector(".views", { timeout: 1000 });
  });
}

test("a token is asked for, and a wrong one is refused in words", async () => {
  const page = await open();
  await expectAccessible(page);
  await page.fill("#token", "decide.01.1773504000.ABCDEFGH.Zk3v0QpW2m9rXc1aTtYb7gZk3v0QpW2m9rXc1aTtYb7");
  await page.click("button[type=submit]");
  assert.match(await page.innerText(".error"), /^Thẻ này không dùng được/);
  await takeScreenshot(page, "committee-sign-in");
  await signIn(page, decider);
  await expectText(page, ".masthead__name", "Miền Đông Bầu cử thử, 15/3/2026");
  await page.reload();
  await page.waitForSelector(".views");
  await page.click("text=Đăng xuất");
  await page.waitForSelector("#token");
  await page.reload();
  await page.waitForSelector("#token");
  await closePage(page);
});

test("a held report is released in two clicks, and counts once", async () => {
  const page = await open();
  await signIn(page, decider);
  await expectText(page, "h1", "1 báo cáo tạm giữ");
  await expectText(page, ".case__figures", "Đang tính 400 Bị giữ 500 Nếu cho tính +100");
  assert.match(await page.innerText(".case__why"), /Danh sách 1\.000 thành 1\.500\./);
  await expectAccessible(page);
  await page.click("text=Cho tính…");
  await takeScreenshot(page, "committee-held");
  await expectAccessible(page);

  const other = await open();
  await signIn(other, admin);
  await other.waitForSelector(".case");
  await page.click("button[type=submit]");
  await expectText(page, "h1", "0 báo cáo tạm giữ");
  await until("the figures", async () => (await server.turnout()).nation.voted === 500);

  // Somebody who has not seen that yet decides otherwise.
  await other.route("**/v1/held?*", (route) => route.abort());
  if (await other.isVisible("text=Bác…")) {
    await other.click("text=Bác…");
    await other.click("button[type=submit]");
    await expectText(other, ".error", "Người khác đã quyết định khác.");
  }
  assert.equal((await server.turnout()).nation.voted, 500);
  await closePage(other);

  await page.goto(`${server.intakeUrl}/committee#/unit/0101-001`);
  await expectText(page, ".tally .first dd", "500");
  const { corrections } = await (await fetch(`${server.publicUrl}/v1/corrections`)).json();
  assert.equal(corrections[0].reason, "Tổ xác nhận qua điện thoại");
  await expectAccessible(page);
  await takeScreenshot(page, "committee-unit");
  await closePage(page);
});

test("the silent units of a round, with an address for what is shown", async () => {
  const page = await open();
  await signIn(page, decider);
  await page.click(".views >> text=Chưa báo");
  await page.click(".rounds >> text=09:00");
  await expectText(page, ".tally .first dd", "5");
  await page.click(".rounds >> text=Chưa lần nào");
  await expectText(page, "h1", "Chưa báo lần nào");
  await page.waitForSelector(".long tbody tr");
  await page.fill("#find", "khu vuc 2");
  await expectText(page, ".long tbody tr:nth-child(1) th", "0101-002 Khu vực 2");
  assert.equal(new URL(page.url()).hash, "#/silent/0?find=khu%20vuc%202");
  await page.reload();
  await expectText(page, ".long tbody tr:nth-child(1) th", "0101-002 Khu vực 2");
  assert.equal(await page.locator(".long tbody tr").count(), 2);
  await page.fill("#find", "");
  const [download] = await Promise.all([page.waitForEvent("download"), page.click("text=Lưu danh sách điện thoại")]);
  assert.equal(download.suggestedFilename(), "silent-0.csv");
  await expectAccessible(page);
  await takeScreenshot(page, "committee-silent");
  await closePage(page);
});

test("a unit is found by its code", async () => {
  const page = await open("#/units");
  await signIn(page, decider);
  await page.fill("#code", "0102-001");
  await page.keyboard.press("Enter");
  await expectText(page, "h1", "Khu vực 1 Xã Hai, cũ · mã tổ 0102-001");
  await expectText(page, ".tally .first dt", "Chưa có báo cáo nào được tính");
  await page.goto(`${server.intakeUrl}/committee#/unit/0201-001`);
  await expectText(page, ".error", "Ngoài địa bàn của thẻ này.");
  await closePage(page);
});

test("a unit's reports are taken out of the count", async () => {
  const before = (await server.turnout()).nation.voted;
  await server.report([reportOf("0101-003", 1, 77)], before + 77);
  const page = await open("#/unit/0101-003");
  await signIn(page, decider);
  await expectText(page, ".tally .first dd", "77");
  await page.click("text=Bỏ mọi báo cáo của tổ");
  await expectAccessible(page);
  await page.click("button[type=submit]");
  await expectText(page, ".tally .first dd", "–");
  await until("the figures", async () => (await server.turnout()).nation.voted === before);
  await closePage(page);
});

test("phase and publication ask for the election's id", async () => {
  const page = await open("#/election", { colorScheme: "dark" });
  await signIn(page, admin);
  await page.click("text=Tạm dừng công bố");
  assert.ok(await page.isDisabled("button[type=submit]"));
  await page.fill("#publication-id", "smal");
  assert.ok(await page.isDisabled("button[type=submit]"));
  await expectAccessible(page);
  await takeScreenshot(page, "committee-election-dark");
  await page.fill("#publication-id", "small");
  await page.click("button[type=submit]");
  await until("the mode", async () => (await server.turnout()).publication === "hold");

  await page.click("text=Mở cuộc bầu cử");
  await page.fill("#phase-id", "small");
  await page.fill("#fingerprint", "0000-0000");
  await page.click("button[type=submit]");
  await expectText(page, ".error", "Dấu này không phải của danh bạ ở máy chủ.");
  await page.fill("#fingerprint", server.fingerprint);
  await page.click("button[type=submit]");
  await expectText(page, ".error", "Còn số liệu diễn tập: xóa bằng `turnout reset` trước.");
  await closePage(page);
});

test("whoever may not decide is not asked to", async () => {
  const page = await open();
  await signIn(page, server.token("view", "01", "Viewer"));
  assert.deepEqual(await page.locator(".views a").allInnerTexts(), ["Chưa báo", "Tổ bầu cử"]);
  await closePage(page);
});

test("a list of thousands of units scrolls lightly", async () => {
  const election = mkdtempSync(join(tmpdir(), "turnout-election-"));
  cpSync(join(source, "config/elections/vn-2026"), election, { recursive: true });
  execFileSync(join(programs, "turnout"), ["register", "make", election]);
  const large = await Turnoutd.start(election);
  const page = await openPage(browser, `${large.intakeUrl}/committee#/silent/0`);
  await signIn(page, large.token("view", "79", "Hồ Chí Minh"));
  await expectText(page, ".tally .first dd", "8.899");
  await page.waitForSelector(".long tbody tr");
  for (const place of [0.3, 0.6, 1]) {
    await page.evaluate((share) => window.scrollTo(0, share * document.body.scrollHeight), place);
    await page.waitForFunction(() => {
      const rows = [...document.querySelectorAll(".long tbody tr:not([aria-hidden])")];
      return rows.some((row) => row.getBoundingClientRect().top < window.innerHeight - 100 && row.getBoundingClientRect().bottom > 0);
    });
    assert.ok((await page.locator(".long tbody tr").count()) < 200);
  }
  await closePage(page);
  await large.stop();
  rmSync(election, { recursive: true });
});
