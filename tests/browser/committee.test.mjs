// The committee's desk: signing in, a held report decided once, voids, a correction in a unit's name, phase and publication.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { closePage, expectAccessible, expectText, openPage, startBrowser, takeScreenshot } from "./browser.mjs";
import { openDesk, post, reportOf, signIn } from "./desk.mjs";
import { Turnoutd, until } from "./turnoutd.mjs";

let server;
let browser;
let admin;
let decider;
let relay;

before(async () => {
  server = await Turnoutd.start();
  browser = await startBrowser();
  admin = server.token("admin", "T", "The nation’s office");
  decider = server.token("decide", "01", "Miền Đông");
  relay = server.token("relay", "01", "Văn phòng Miền Đông");
  await server.report([reportOf("0101-001", 1, 400)], 400);
  await post(server, reportOf("0101-001", 2, 500, { registered: 1500 }), 202);
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

const voted = async () => (await server.turnout()).nation.voted;

test("a token is asked for, and a wrong one is refused in words", async () => {
  const page = await openPage(browser, `${server.intakeUrl}/committee`);
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
  const page = await openDesk(browser, server, decider, "#/held");
  await expectText(page, "h1", "1 báo cáo tạm giữ");
  await expectText(page, ".views [aria-current] b", "1");
  await expectText(page, ".case__figures", "Đang tính 400 Bị giữ 500 Nếu cho tính +100");
  assert.match(await page.innerText(".case__why"), /Danh sách 1\.000 thành 1\.500\./);
  await page.waitForSelector(".history .dot--held");
  assert.equal(await page.locator(".history tbody tr").count(), 2);
  await expectAccessible(page);
  await page.click("text=Cho tính…");
  assert.match(page.url(), /#\/held\?open=0101-001\.2$/);
  await takeScreenshot(page, "committee-held");
  await expectAccessible(page);

  const other = await openDesk(browser, server, admin, "#/held");
  await other.click("text=Bác…");
  await page.click(".case button[type=submit]");
  await expectText(page, "h1", "0 báo cáo tạm giữ");
  await until("the figures", async () => (await voted()) === 500);

  // Somebody who has begun to decide otherwise is told.
  if (await other.isVisible(".case button[type=submit]")) {
    await other.route("**/v1/held?*", (route) => route.abort());
    await other.click(".case button[type=submit]");
    await expectText(other, ".case .error", "Người khác đã quyết định khác.");
  }
  assert.equal(await voted(), 500);
  await closePage(other);

  await page.goto(`${server.intakeUrl}/committee#/unit/0101-001`);
  await expectText(page, ".tally .first dd", "500");
  await expectAccessible(page);
  await takeScreenshot(page, "committee-unit");
  await page.click(".views >> text=Sổ đính chính");
  await page.waitForSelector(".ledger tbody tr");
  const first = page.locator(".ledger tbody tr:has-text('Cho tính')");
  assert.match(await first.innerText(), /0101-001\s+400 → 500\s+Tổ xác nhận qua điện thoại\s+Miền Đông \(\w{8}\)$/);
  await closePage(page);
});

test("a held report is rejected with a reason of one's own", async () => {
  const before = await voted();
  await post(server, reportOf("0102-001", 1, 300, { registered: 1500 }), 202);
  const page = await openDesk(browser, server, decider, "#/held");
  await page.click("text=Bác…");
  await page.check("text=Lý do khác");
  assert.ok(await page.isDisabled(".case button[type=submit]"));
  await page.fill(".case textarea", "gọi lại lúc 11:00");
  await page.click(".case button[type=submit]");
  await expectText(page, "h1", "0 báo cáo tạm giữ");
  assert.equal(await voted(), before);
  await closePage(page);
});

test("a unit's reports are taken out of the count", async () => {
  const before = await voted();
  await server.report([reportOf("0101-003", 1, 77)], before + 77);
  const page = await openDesk(browser, server, decider, "#/unit/0101-003");
  await expectText(page, ".tally .first dd", "77");
  await page.click("text=Bỏ mọi báo cáo của tổ");
  await expectAccessible(page);
  await page.click(".decide button[type=submit]");
  await expectText(page, ".tally .first dd", "–");
  await until("the figures", async () => (await voted()) === before);
  await closePage(page);
});

test("a correction in a unit's name is the office's that vouches for it", async () => {
  const before = await voted();
  await server.report([reportOf("0101-002", 1, 120)], before + 120);
  const page = await openDesk(browser, server, decider, "#/unit/0101-002", { viewport: { width: 390, height: 844 } });
  await page.click("text=Đính chính thay tổ…");
  await page.fill("#correct-voted", "501");
  await expectText(page, ".decide .error", "Nhiều hơn 500 cử tri trong danh sách.");
  await page.fill("#correct-voted", "102");
  await page.selectOption("#correct-reason", "mistyped");
  await page.fill("#correct-note", "tổ báo qua điện thoại");
  await page.fill("#correct-token", decider);
  await expectText(page, ".decide button[type=submit]", "Gửi 102 (−18)");
  await expectAccessible(page);
  await takeScreenshot(page, "committee-correct-phone");
  await page.click(".decide button[type=submit]");
  await expectText(page, ".decide .error", "Thẻ này không có quyền làm việc ấy.");
  await page.fill("#correct-token", relay);
  await page.click(".decide button[type=submit]");
  await expectText(page, ".tally .first dd", "102");
  const line = await page.innerText(".history tbody tr >> nth=0");
  assert.match(line, /Gõ nhầm, “tổ báo qua điện thoại”\s+Văn phòng Miền Đông \(\w{8}\)$/);
  await until("the figures", async () => (await voted()) === before + 102);
  await page.goto(`${server.intakeUrl}/committee#/ledger?find=0101-002`);
  await page.waitForSelector(".ledger tbody tr");
  assert.match(await page.innerText(".ledger tbody tr"), /Đính chính\s+0101-002\s+120 → 102\s+Gõ nhầm\s+Văn phòng Miền Đông/);
  await closePage(page);
});

test("phase and publication ask for the election's id", async () => {
  const page = await openDesk(browser, server, admin, "#/election", { colorScheme: "dark" });
  await page.click("text=Tạm dừng công bố");
  assert.ok(await page.isDisabled("button[type=submit]"));
  await page.fill("#publication-id", "smal");
  assert.ok(await page.isDisabled("button[type=submit]"));
  await expectAccessible(page);
  await takeScreenshot(page, "committee-election-dark");
  await page.fill("#publication-id", "small");
  await page.click("button[type=submit]");
  await expectText(page, "#publication .stamp", "Tạm dừng");
  await until("the mode", async () => (await server.turnout()).publication === "hold");

  await page.click("text=Mở cuộc bầu cử");
  await page.fill("#phase-id", "small");
  await page.fill("#fingerprint", "0000-0000");
  await page.click("button[type=submit]");
  await expectText(page, ".error", "Dấu này không phải của danh bạ ở máy chủ.");
  await page.fill("#fingerprint", server.fingerprint);
  await page.click("button[type=submit]");
  await expectText(page, ".error", "Còn số liệu diễn tập: xóa bằng `turnout reset` trước.");
  await page.click(".views >> text=Sổ đính chính");
  await page.waitForSelector(".ledger tr:has-text('Công bố') >> text=The nation’s office");
  await expectAccessible(page);
  await takeScreenshot(page, "committee-ledger-dark");
  await closePage(page);
});

test("closing before time is asked for twice", async () => {
  const page = await openDesk(browser, server, admin, "#/election", { language: "en-GB" });
  let body;
  await page.route("**/v1/desk", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: (await response.text()).replace('"phase":"rehearsal"', '"phase":"open"') });
  });
  await page.route("**/v1/phase", async (route) => {
    body = JSON.parse(route.request().postData());
    const answer = body.early ? { phase: "closed", before: "open", changed: true } : { code: "too-early", detail: "" };
    await route.fulfill({ status: body.early ? 200 : 409, contentType: "application/json", body: JSON.stringify(answer) });
  });
  await page.reload();
  await page.click("text=Close the election");
  await page.fill("#phase-id", "small");
  await page.click("button[type=submit]");
  await expectText(page, ".error", "The polls have not closed yet.");
  assert.deepEqual(body, { election: "small", phase: "closed" });
  await page.click("text=Close all the same, before time");
  await expectText(page, "#phase .stamp", "Closed");
  assert.deepEqual(body, { election: "small", phase: "closed", early: true });
  await closePage(page);
});

test("whoever may not decide is not asked to", async () => {
  const page = await openDesk(browser, server, server.token("view", "01", "Viewer"));
  assert.deepEqual(
    (await page.locator(".views a").allInnerTexts()).map((text) => text.replace(/ \d+$/, "").trim()),
    ["Đợt báo cáo", "Chưa báo", "Đáng ngờ", "Bị từ chối", "Chưa có báo cáo cuối", "Tổ bầu cử", "Sổ đính chính"],
  );
  await page.goto(`${server.intakeUrl}/committee#/unit/0101-001`);
  await page.waitForSelector(".history tbody tr");
  assert.equal(await page.locator(".actions-row").count(), 0);
  await closePage(page);
});
