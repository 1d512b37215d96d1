// Checking a bulletin in the browser: all of it holds; whatever is altered is named, with the step at which it shows; the way of
// one unit up to the nation; files and keys from elsewhere; an election that keeps the figures of units for committees.
import assert from "node:assert/strict";
import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { AlteringProxy } from "./altering_proxy.mjs";
import { closePage, expectAccessible, expectText, openPage, startBrowser, takeScreenshot } from "./browser.mjs";
import { Turnoutd, source } from "./turnoutd.mjs";

let server;
let browser;
let proxy;
let number;
let receipt;

const reportOf = (unit, seq, voted) => ({ election: "small", unit, seq, as_of: `2026-03-15T${String(8 + seq).padStart(2, "0")}:00:00+07:00`, voted, test: true });

// A server over the small election with another text in one of its files.
async function startWith(file, text, other) {
  const election = mkdtempSync(join(tmpdir(), "turnout-election-"));
  cpSync(join(source, "tests/support/small-election"), election, { recursive: true });
  writeFileSync(join(election, file), readFileSync(join(election, file), "utf8").replace(text, other));
  const started = await Turnoutd.start(election);
  rmSync(election, { recursive: true });
  return started;
}

before(async () => {
  server = await startWith("units.csv", "0201-004,", "elsewhere,");
  browser = await startBrowser();
  proxy = await AlteringProxy.start(server.publicUrl);
  await server.report([reportOf("0101-001", 1, 400), reportOf("0201-001", 1, 1200)], 1600);
  await server.freeze("09:00");
  await server.report([reportOf("0101-001", 2, 412), reportOf("elsewhere", 1, 800)], 2412);
  number = await server.freeze("11:00");
  receipt = (await server.file(number, "areas/0101.csv")).find(([code]) => code === "0101-001")[6];
});

after(async () => {
  await browser?.close();
  await proxy?.stop();
  await server?.stop();
});

// Opens the page with what it is to check, and waits until it has. A link alone has it ask nobody else: that takes the button.
async function check(query, { language = "vi", ...options } = {}) {
  const page = await openPage(browser, `${server.publicUrl}/check?${new URLSearchParams({ ...query, language })}`, options);
  if (query.from) {
    await page.waitForSelector("button[type=submit]");
    assert.equal(await page.locator(".verdict").count(), 0);
    await page.click("button[type=submit]");
  }
  await finished(page);
  return page;
}

const finished = (page) => page.waitForFunction(() => document.querySelector(".verdict") && !document.querySelector(".verdict--running, .step--running, .step--waiting"));

// The steps as { name: state }.
const statesOf = (page) =>
  page.evaluate(() => Object.fromEntries([...document.querySelectorAll(".step")].map(({ id, className }) => [id.slice(5), className.slice(11)])));

// Those that do not hold, as "name state", sorted.
const bad = async (page) => Object.entries(await statesOf(page)).filter(([, state]) => state !== "good").map((step) => step.join(" ")).sort();

const faultOf = async (page, step) => (await page.innerText(`[id="step-${step}"] .step__fault`)).replaceAll(/\s+/g, " ");

test("the newest bulletin is checked, every file of it", async () => {
  const page = await openPage(browser, `${server.publicUrl}/check`);
  await page.waitForFunction((newest) => document.querySelector("#bulletin")?.value === newest, String(number));
  await expectAccessible(page);
  await page.check("input[name=every]");
  await page.click("button[type=submit]");
  await finished(page);
  assert.deepEqual(await statesOf(page), { statement: "good", signature: "good", previous: "good", nation: "good", provinces: "good", communes: "good" });
  // bulletin.txt, its signature, the one before, the nation, two provinces, four communes
  await expectText(page, ".verdict", `Bản tin số ${number}: 10 tệp đã xem đều khớp. Diễn tập`);
  assert.match(page.url(), new RegExp(`/check\\?bulletin=${number}&every=1$`));
  const { keys } = await (await fetch(`${server.publicUrl}/v1/keys`)).json();
  assert.match(await page.innerText("#step-signature .step__what"), new RegExp(`khóa ${keys[0].public_key} ký`));
  await expectAccessible(page);
  await closePage(page);
});

test("a unit's voters are followed up to the nation's", async () => {
  const page = await openPage(browser, `${server.publicUrl}/check?language=en`);
  await page.waitForFunction(() => document.querySelector("#bulletin")?.value !== "");
  await page.focus("#unit");
  await page.keyboard.type("0101-001");
  await page.keyboard.press("Tab");
  await page.keyboard.type(receipt.toLowerCase().replace("-", " "));
  await page.keyboard.press("Enter");
  await finished(page);
  assert.deepEqual(await bad(page), []);
  assert.deepEqual(await page.locator(".step__figure").allInnerTexts(), ["412", "412", "412", "2,412"]);
  await page.waitForSelector("h3:has-text('Commune One (0101)')");
  assert.equal(
    (await page.innerText("#step-unit .step__what")).replaceAll(/\s+/g, " "),
    `areas/0101.csv: 412 of 1,000 voters, report 2, as of 10:00. Its receipt ${receipt} is the one that you typed.`,
  );
  assert.match(page.url(), /unit=0101-001&receipt=/);
  await page.check("input[value=vi]");
  await page.waitForSelector("h2:has-text('Từ tổ 0101-001 lên cả nước')");
  await expectAccessible(page);
  await takeScreenshot(page, "check-unit");
  await closePage(page);
});

test("a unit whose code does not begin with its commune's is found, too", async () => {
  const page = await check({ bulletin: number, unit: "elsewhere" });
  assert.deepEqual(await page.locator(".step__figure").allInnerTexts(), ["800", "2.000", "2.000", "2.412"]);
  await closePage(page);
});

test("a receipt, a unit or a bulletin that is not there is said so", async () => {
  for (const [query, step, fault] of [
    [{ unit: "0101-001", receipt: "0000-0000" }, "unit", `Biên nhận của tổ 0101-001 trong bản tin này là ${receipt}, không phải 0000-0000. Biên nhận của một báo cáo trước nằm ở bản tin trước.`],
    [{ unit: "0101-002" }, "unit", "Trong bản tin này tổ 0101-002 chưa báo."],
    [{ unit: "9999-001" }, "unit", "Không tệp xã, phường nào đọc được có tổ 9999-001."],
    [{ bulletin: 9999 }, "statement", "bulletin.txt: máy chủ trả lời 404."],
    [{ key: "AAAA" }, "signature", "Khóa công khai là 32 byte viết bằng base64url, 43 ký tự."],
  ]) {
    const page = await check({ bulletin: number, ...query });
    assert.equal(await faultOf(page, step), fault);
    await closePage(page);
  }
});

// Another byte than what is there: of the last digit or letter before `mark`.
const altered = (mark) => (bytes) => {
  const text = bytes.toString("latin1");
  const at = text.slice(0, text.indexOf(mark)).search(/[0-9a-z][^0-9a-z]*$/);
  return Buffer.from(`${text.slice(0, at)}${text[at] === "7" ? "8" : "7"}${text.slice(at + 1)}`, "latin1");
};

for (const { what, before = 0, file, change, steps, step, fault } of [
  {
    what: "a letter of the statement",
    file: "bulletin.txt",
    change: (bytes) => Buffer.from(bytes.toString().replace("11:00\n", "11:30\n")),
    steps: ["signature bad", "unit.nation bad"],
    step: "signature",
    fault: /^bulletin\.sig không phải chữ ký của khóa \S{43} cho bulletin\.txt này\.$/,
  },
  {
    what: "the hash in the statement",
    file: "bulletin.txt",
    change: altered("\nrehearsal"),
    steps: ["signature bad", "nation bad", "unit.nation bad"],
    step: "nation",
    fault: /^areas\/T\.csv: SHA-256 là [0-9a-f]{64}, nhưng bulletin\.txt ghi [0-9a-f]{64}\.$/,
  },
  {
    what: "the form of the statement",
    file: "bulletin.txt",
    change: (bytes) => bytes.subarray(0, bytes.length - 1),
    steps: ["statement bad", "signature skipped", "previous skipped", "nation skipped", "provinces skipped", "communes skipped", "unit skipped", "unit.commune skipped", "unit.province skipped", "unit.nation skipped"],
    step: "statement",
    fault: /^bulletin\.txt, dòng 9: không đúng dạng của tệp bản tin\.$/,
  },
  {
    what: "the signature",
    file: "bulletin.sig",
    change: (bytes) => Buffer.from([bytes[0] ^ 1, ...bytes.subarray(1)]),
    steps: ["signature bad", "unit.nation bad"],
    step: "signature",
    fault: /^bulletin\.sig không phải chữ ký/,
  },
  {
    what: "a figure of the nation",
    file: "areas/T.csv",
    change: altered(",3,"),
    steps: ["nation bad", "unit.nation bad"],
    step: "nation",
    fault: /^areas\/T\.csv: SHA-256 là /,
  },
  {
    what: "a figure of a province",
    file: "areas/01.csv",
    change: altered("\n0102"),
    steps: ["provinces bad", "communes bad", "unit.commune bad", "unit.province bad"],
    step: "provinces",
    fault: /^areas\/01\.csv: SHA-256 là [0-9a-f]{64}, nhưng areas\/T\.csv ghi [0-9a-f]{64}\.$/,
  },
  {
    what: "a figure of a unit",
    file: "areas/0101.csv",
    change: (bytes) => Buffer.from(bytes.toString().replace(",412,", ",413,")),
    steps: ["communes bad", "unit.commune bad"],
    step: "unit.commune",
    fault: /^areas\/0101\.csv: SHA-256 là [0-9a-f]{64}, nhưng areas\/01\.csv ghi [0-9a-f]{64}\.$/,
  },
  {
    what: "the bulletin before",
    before: 1,
    file: "bulletin.txt",
    change: (bytes) => Buffer.from(bytes.toString().replace("09:00\n", "09:30\n")),
    steps: ["previous bad"],
    step: "previous",
    fault: /^\d+\/bulletin\.txt: SHA-256 là [0-9a-f]{64}, nhưng bulletin\.txt ghi [0-9a-f]{64}\.$/,
  },
]) {
  test(`tampering is named: ${what}`, async () => {
    proxy.alter({ [`/v1/bulletins/${number - before}/${file}`]: change });
    const page = await check({ bulletin: number, from: proxy.url, unit: "0101-001", every: "1" });
    assert.deepEqual(await bad(page), steps.sort());
    assert.match(await faultOf(page, step), fault);
    assert.equal(await page.locator(".verdict--bad").count(), 1);
    await closePage(page);
  });
}

test("nothing is altered, and it comes from another address", async () => {
  proxy.alter({});
  const page = await check({ bulletin: number, from: `${proxy.url}/`, every: "1" });
  assert.deepEqual(await bad(page), []);
  await closePage(page);
});

// The files of the whole bulletin with other figures, and all hashes and the signature right again: what somebody who has a key
// of their own can make. `change` gets { file: text }.
async function forge(change) {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const files = {};
  for (const code of ["T", "01", "02", "0101", "0102", "0201", "0202"]) {
    files[code] = (await server.file(number, `areas/${code}.csv`)).map((cells) => cells.join(",")).join("\n") + "\n";
  }
  change(files);
  const hash = (text) => createHash("sha256").update(text).digest("hex");
  for (const code of ["01", "02", "T"]) {
    files[code] = files[code].replaceAll(/^(\w+)(,.*,)[0-9a-f]{64}$/gm, (line, child, between) => child + between + hash(files[child]));
  }
  const lines = (await server.file(number, "bulletin.txt")).map((cells) => cells.join(","));
  lines[7] = hash(files.T);
  const statement = Buffer.from(`${lines.join("\n")}\n`);
  const signature = sign(null, statement, privateKey);
  const at = (name) => `/v1/bulletins/${number}/${name}`;
  const forged = Object.entries(files).map(([code, text]) => [at(`areas/${code}.csv`), () => Buffer.from(text)]);
  proxy.alter({ ...Object.fromEntries(forged), [at("bulletin.txt")]: () => statement, [at("bulletin.sig")]: () => signature });
  return publicKey.export({ format: "jwk" }).x;
}

for (const { what, change, step, fault } of [
  {
    what: "the nation",
    change: (files) => (files.T = files.T.replace("T,6150,2412,", "T,6150,2413,")),
    step: "nation",
    fault: "areas/T.csv, cột voted: các dòng cộng lại là 2.412, dòng tổng ghi 2.413.",
  },
  {
    what: "a province and the nation",
    change: (files) => {
      files.T = files.T.replace("01,2551,412,", "01,2551,413,").replace("T,6150,2412,", "T,6150,2413,");
    },
    step: "provinces",
    fault: "areas/01.csv, cột voted: ghi 412, nhưng areas/T.csv ghi 413.",
  },
  {
    what: "a commune, without its units",
    change: (files) => {
      files["0101"] = files["0101"].replace("0101,1750,412,", "0101,1750,413,");
      files["01"] = files["01"].replace("0101,1750,412,", "0101,1750,413,").replace("01,2551,412,", "01,2551,413,");
      files.T = files.T.replace("01,2551,412,", "01,2551,413,").replace("T,6150,2412,", "T,6150,2413,");
    },
    step: "communes",
    fault: "areas/0101.csv, cột voted: các dòng cộng lại là 412, dòng tổng ghi 413.",
  },
]) {
  test(`figures that do not add up are named under a good signature, too: ${what}`, async () => {
    const key = await forge(change);
    const page = await check({ bulletin: number, from: proxy.url, every: "1", key });
    assert.deepEqual(await bad(page), [`${step} bad`]);
    assert.equal(await faultOf(page, step), fault);
    await page.fill("#key", "");
    await page.click("button[type=submit]");
    await page.waitForSelector("#step-signature.step--bad");
    await closePage(page);
  });
}

test("what is signed by a key that came with the link is not said to be right", async () => {
  const key = await forge(() => {});
  const page = await check({ bulletin: number, from: proxy.url, every: "1", key });
  assert.deepEqual(await bad(page), []);
  assert.equal(await page.locator(".verdict--good").count(), 0);
  assert.match(await page.innerText(".verdict--given"), /không phải của máy chủ này/);
  await expectAccessible(page);
  await closePage(page);
  const { keys } = await (await fetch(`${server.publicUrl}/v1/keys`)).json();
  const same = await check({ bulletin: number, key: keys[0].public_key });
  await same.waitForSelector(".verdict--good");
  await closePage(same);
});

test("an address that is none, or that does not let pages read it, is said so", async () => {
  const page = await check({ bulletin: number, from: "http://127.0.0.1:1" });
  assert.match(await faultOf(page, "statement"), /^bulletin\.txt: không tải được\./);
  await page.fill("#from", "ftp://example");
  await page.click("button[type=submit]");
  await expectText(page, ".check-form .error", "Địa chỉ phải bắt đầu bằng https:// hoặc http://.");
  assert.equal(await page.locator(".verdict").count(), 0);
  page.faults = page.faults.filter((fault) => !/CORS|Access to fetch/.test(fault));
  await closePage(page);
});

test("a browser without Ed25519, or without any cryptography, checks as well", async () => {
  for (const script of [
    () => (SubtleCrypto.prototype.importKey = () => Promise.reject(new DOMException("none", "NotSupportedError"))),
    () => Object.defineProperty(Crypto.prototype, "subtle", { get: () => undefined }),
  ]) {
    const page = await openPage(browser, server.publicUrl);
    await page.addInitScript(script);
    await page.goto(`${server.publicUrl}/check?bulletin=${number}&every=1`);
    await finished(page);
    assert.deepEqual(await bad(page), []);
    await closePage(page);
  }
});

test("where the figures of units are for committees it says so, and checks the rest", async () => {
  const closed = await startWith("election.ini", "[rules]", "unit-figures = committee\n\n[rules]");
  await closed.report([reportOf("0101-001", 1, 400)], 400);
  const bulletin = await closed.freeze("09:00");
  const page = await openPage(browser, `${closed.publicUrl}/check?bulletin=${bulletin}&unit=0101-001&every=1`);
  await page.waitForSelector(".verdict--good");
  const states = await statesOf(page);
  assert.equal(states.provinces, "good");
  assert.equal(states.communes, "unseen");
  assert.equal(states.unit, "unseen");
  assert.match(await faultOf(page, "unit"), /^areas\/0101\.csv: .*unit-figures = committee/);
  await expectAccessible(page);
  await takeScreenshot(page, "check-units-of-committees");
  await closePage(page);
  await closed.stop();
});

test("axe-core finds nothing where something is wrong, light and dark", async () => {
  proxy.alter({ [`/v1/bulletins/${number}/areas/01.csv`]: altered("\n0102") });
  for (const [name, options] of [
    ["check-tampered", { colorScheme: "light" }],
    ["check-tampered-phone-dark", { colorScheme: "dark", viewport: { width: 390, height: 844 } }],
  ]) {
    const page = await check({ bulletin: number, from: proxy.url, unit: "0101-001" }, options);
    await expectAccessible(page);
    await takeScreenshot(page, name);
    await closePage(page);
  }
});
