// The unit's form: sign in, two entries, offline and online, a second telephone, what is held and refused.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { closePage, expectAccessible, expectText, openPage, startBrowser, takeScreenshot } from "./browser.mjs";
import { Turnoutd, until } from "./turnoutd.mjs";

const phone = { viewport: { width: 360, height: 640 }, timezoneId: "Asia/Ho_Chi_Minh" };

let server;
let browser;
let keys;

before(async () => {
  server = await Turnoutd.start();
  browser = await startBrowser();
  keys = server.makeKeys();
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

// The text of the code on a unit's card (proto/report.md).
function cardOf(unit) {
  const pem = readFileSync(join(keys, `${unit}.1.pem`), "utf8");
  const seed = Buffer.from(pem.replaceAll(/-----[^-]+-----|\s/g, ""), "base64").subarray(-32).toString("base64url");
  return `turnout-key-v1:small:${unit}.1:${unit}:${seed}`;
}

const open = (options) => openPage(browser, `${server.intakeUrl}/report`, { ...phone, ...options });

async function signIn(page, unit) {
  await page.click("summary");
  await page.fill("textarea", cardOf(unit));
  // The server takes new keys up within a second or two.
  await until("the server to know the key", async () => {
    await page.click("button[type=submit]");
    return page.waitForSelector(".entry", { timeout: 1000 });
  });
}

async function enter(page, figure) {
  for (const digit of String(figure)) {
    await page.click(`.pad button:text-is("${digit}")`);
  }
  await page.click("button[type=submit]");
}

async function report(page, figure) {
  await enter(page, figure);
  await enter(page, figure);
  await page.click("button[type=submit]");
}

const unitOf = async (unit) => (await fetch(`${server.intakeUrl}/v1/units/${unit}`, { headers: { Authorization: `Bearer ${server.viewer}` } })).json();

test("a report is entered twice, signed, and counted", async () => {
  server.viewer = server.token("view", "T");
  const page = await open();
  await expectAccessible(page);
  await takeScreenshot(page, "report-sign-in");
  await signIn(page, "0101-001");
  await expectText(page, ".masthead__name", "Khu vực 1 Xã Một · mã tổ 0101-001");
  await expectText(page, ".stands", "Chưa có báo cáo nào được tính 1.000 cử tri trong danh sách –");
  const { scrolled, height } = await page.evaluate(() => ({
    scrolled: document.querySelector(".pad").getBoundingClientRect().bottom,
    height: window.innerHeight,
  }));
  assert.ok(scrolled <= height, "the pad is on the first screen");

  await enter(page, 624);
  await expectText(page, ".ask__step", "lần 2 / 2");
  assert.equal(await page.inputValue(".entry"), "", "the first entry is not shown");
  await enter(page, 642);
  await expectText(page, ".change", "Hai lần nhập khác nhau: 624 và 642. Xem lại sổ đếm rồi nhập lại từ đầu.");
  await expectAccessible(page);
  await takeScreenshot(page, "report-differ");
  await page.click("button[type=submit]");

  await page.fill(".entry", "624");
  await expectText(page, ".change", "còn 376 trong 1.000 cử tri");
  await takeScreenshot(page, "report-entry");
  await page.keyboard.press("Enter");
  await page.keyboard.type("624");
  await page.keyboard.press("Enter");
  await expectText(page, ".sums .main dd", "624");
  await expectText(page, ".sums div:nth-child(2) dd", "1.000 · 62,40 %");
  await expectAccessible(page);
  await takeScreenshot(page, "report-review");
  await page.click("button[type=submit]");
  await page.waitForSelector(".state--counted");
  const unit = await unitOf("0101-001");
  assert.equal(unit.state.voted, 624);
  await expectText(page, ".receipt dd >> nth=0", unit.state.receipt);
  await expectText(page, ".state h1", "Diễn tập");
  await expectAccessible(page);
  await takeScreenshot(page, "report-counted");
  await page.click("text=Xong");
  await expectText(page, ".stands b", "624");
  await closePage(page);
});

test("what cannot be sent is kept, also when the page is opened anew, and counted once", async () => {
  const page = await open();
  await signIn(page, "0101-002");
  await page.waitForFunction(() => navigator.serviceWorker.ready);
  await page.context().setOffline(true);
  await report(page, 100);
  await page.waitForSelector(".state--unsent");
  await expectText(page, ".masthead .line", "Không có mạng");
  assert.match(await page.innerText(".state"), /1 báo cáo còn nằm trong máy này/);
  await page.click("text=Nhập số mới");
  await report(page, 150);
  await page.waitForSelector("text=2 báo cáo còn nằm trong máy này");
  await expectAccessible(page);
  await takeScreenshot(page, "report-unsent");

  await page.reload();
  await page.waitForSelector("text=2 báo cáo còn nằm trong máy này");
  assert.equal((await unitOf("0101-002")).state.seq, 0);
  await page.click("text=Bỏ khóa khỏi máy này");
  await expectText(page, ".error", "Còn báo cáo chưa gửi: chưa bỏ khóa được.");
  await page.context().setOffline(false);
  await page.waitForSelector(".state--counted");
  const { state, reports } = await unitOf("0101-002");
  assert.deepEqual([state.seq, state.voted, reports.length], [2, 150, 2]);
  await closePage(page);
});

test("a report whose answer is lost is sent again, and counts once", async () => {
  const page = await open();
  await signIn(page, "0101-003");
  let losses = 0;
  await page.route("**/v1/reports", async (route) => {
    await route.fetch();
    if (losses++ === 0) {
      await page.waitForSelector(".state--sent");
      await takeScreenshot(page, "report-sent");
      await route.abort();
    } else {
      await route.continue();
    }
  });
  await report(page, 90);
  await page.waitForSelector(".state--counted");
  assert.ok(losses > 1);
  const { state, reports } = await unitOf("0101-003");
  assert.deepEqual([state.seq, state.voted, reports.length], [1, 90, 1]);
  await closePage(page);
});

test("a new telephone goes on where the lost one stopped, and the old one, too", async () => {
  const old = await open();
  await signIn(old, "0102-001");
  await report(old, 200);
  await old.waitForSelector(".state--counted");
  await old.click("text=Xong");

  const page = await open({ language: "en-GB" });
  await signIn(page, "0102-001");
  await expectText(page, ".stands b", "200");
  await page.fill(".entry", "300");
  assert.match(await page.innerText(".change"), /^\+100 since \d\d:\d\d(:\d\d)?\n500 of 800 voters left$/);
  await page.fill(".entry", "");
  await report(page, 300);
  await page.waitForSelector(".state--counted");
  await closePage(page);

  await report(old, 350);
  await old.waitForSelector(".state--counted");
  assert.deepEqual((({ seq, voted }) => [seq, voted])((await unitOf("0102-001")).state), [3, 350]);
  await closePage(old);
});

// What the server would say in a phase of the election that this one is not in.
async function answerWith(page, status, code) {
  await page.route("**/v1/reports", (route) => route.fulfill({ status, contentType: "application/problem+json", body: JSON.stringify({ code, detail: code, status }) }));
}

test("what comes before the opening or after the closing is kept, and sent again", async () => {
  for (const code of ["closed", "not-open"]) {
    const page = await open();
    await signIn(page, "0201-001");
    await answerWith(page, 409, code);
    await report(page, code === "closed" ? 60 : 61);
    await page.waitForSelector(".state--unsent >> text=giữ báo cáo");
    await expectAccessible(page);
    await page.unroute("**/v1/reports");
    await page.click("text=Thử gửi ngay");
    await page.waitForSelector(".state--counted");
    await closePage(page);
  }
  const { state } = await unitOf("0201-001");
  assert.deepEqual([state.seq, state.voted], [2, 61]);
});

test("whoever opens the form of an election that is closed is told so", async () => {
  const page = await open();
  await page.route("**/v1/units/*", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: (await response.text()).replace('"phase":"rehearsal"', '"phase":"closed"') });
  });
  await signIn(page, "0201-001");
  assert.match(await page.innerText(".error"), /^Cuộc bầu cử đã đóng\./);
  await expectAccessible(page);
  await closePage(page);
});

test("a report whose store was lost is sent again when the server says that it has another", async () => {
  const page = await open();
  await signIn(page, "0102-002");
  await report(page, 0);
  await page.waitForSelector(".state--counted");
  const sent = [];
  await page.route("**/v1/reports", async (route) => {
    sent.push(JSON.parse(route.request().postData()).seq);
    const response = await route.fetch();
    await route.fulfill({ response, body: (await response.text()).replace(/"generation":"[^"]*"/, '"generation":"another"') });
  });
  await page.click("text=Xong");
  await report(page, 1);
  await until("the first to be sent again", async () => sent.length === 2);
  assert.deepEqual(sent, [2, 1]);
  assert.deepEqual((({ seq, voted }) => [seq, voted])((await unitOf("0102-002")).state), [2, 1]);
  await closePage(page);
});

test("a photograph of the card will do", async () => {
  const cards = await browser.newPage({ viewport: { width: 900, height: 1100 } });
  await cards.goto(`file://${join(keys, "cards/0201.html")}`);
  const photograph = await cards.locator(".card >> nth=0").screenshot();
  await cards.close();
  const page = await open();
  await page.setInputFiles("input[type=file]", { name: "card.png", mimeType: "image/png", buffer: photograph });
  await page.waitForSelector(".entry");
  await expectText(page, ".masthead__name", "Khu vực 1 Xã Ba · mã tổ 0201-001");
  await page.click("text=Bỏ khóa khỏi máy này");
  await page.waitForSelector("textarea", { state: "attached" });

  const pem = { name: "0201-002.1.pem", mimeType: "application/x-pem-file", buffer: readFileSync(join(keys, "0201-002.1.pem")) };
  await page.setInputFiles("input[type=file]", pem);
  await page.waitForSelector(".error:has-text('mã cuộc bầu cử')");
  await page.fill("#election", "small");
  await page.setInputFiles("input[type=file]", pem);
  await page.waitForSelector(".entry");
  await closePage(page);
});

test("fewer voters are a correction, more than the roll a new roll; a committee decides about a large one", async () => {
  const page = await open();
  await signIn(page, "0201-004");
  await report(page, 900);
  await page.waitForSelector(".state--counted");
  await page.click("text=Xong");

  await page.fill(".entry", "800");
  await expectText(page, ".change", "Ít hơn số đang được tính (900). Gửi đi là đính chính, phải nêu lý do.");
  await page.fill(".entry", "");
  await enter(page, 800);
  await enter(page, 800);
  assert.ok(await page.isDisabled("button[type=submit]"));
  await page.selectOption("#reason", "miscount");
  await expectAccessible(page);
  await page.click("button[type=submit]");
  await page.waitForSelector(".state--counted");
  assert.equal((await unitOf("0201-004")).state.kind, "correction");
  await page.click("text=Xong");

  await enter(page, 2500);
  await enter(page, 2500);
  assert.ok(await page.isDisabled("button[type=submit]"));
  await page.fill("#roll", "2600");
  await page.click("button[type=submit]");
  await page.waitForSelector(".state--held");
  assert.match(await page.innerText(".state"), /Số 800 lúc/);
  await expectAccessible(page);
  await takeScreenshot(page, "report-held");
  await closePage(page);
});

test("in a small hall voters are counted one by one", async () => {
  const page = await open({ colorScheme: "dark" });
  await signIn(page, "0201-003");
  await page.click("text=Đếm từng người");
  for (let i = 0; i < 12; i++) {
    await page.click(".counter__one");
  }
  await expectText(page, ".counter .entry", "12");
  await page.click("text=Bớt một");
  await expectText(page, ".counter .entry", "11");
  await expectAccessible(page);
  await takeScreenshot(page, "report-counter-dark");
  await page.reload();
  await page.click("text=Đếm từng người");
  await expectText(page, ".counter .entry", "11");
  await page.click("text=Nhập số mới");
  await page.click("text=Dùng số đã đếm: 11");
  assert.equal(await page.inputValue(".entry"), "11");
  await page.click("text=Đếm từng người");
  await page.click("text=Dùng số này");
  assert.equal(await page.inputValue(".entry"), "11");
  await closePage(page);
});

test("a browser without Ed25519 signs, too", async () => {
  const page = await open();
  await page.addInitScript(() => {
    SubtleCrypto.prototype.importKey = () => Promise.reject(new DOMException("none", "NotSupportedError"));
  });
  await page.reload();
  await signIn(page, "0201-002");
  await report(page, 42);
  await page.waitForSelector(".state--counted");
  assert.equal((await unitOf("0201-002")).state.voted, 42);
  await closePage(page);
});
