// Chromium, and what every page must be: without a fault in its console, without a request to another host, and without
// anything that axe-core finds.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { source } from "./turnoutd.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const screenshots = join(process.env.PAGES_BUILD_DIR ?? join(source, "build/dev"), "screenshots");
const DEADLINE_MS = 30_000;

export async function startBrowser() {
  return chromium.launch({ executablePath: process.env.PAGES_CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
}

// Opens an address in a browser context of its own; `prepare(page)` comes before. The page's `faults` are what must not be; end with closePage().
export async function openPage(browser, url, { language = "vi-VN", prepare = async () => {}, ...options } = {}) {
  const context = await browser.newContext({ locale: language, viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(DEADLINE_MS);
  page.faults = [];
  const host = new URL(url).hostname;
  page.on("pageerror", (error) => page.faults.push(String(error)));
  page.on("console", (message) => {
    // A request that fails is what some tests are about.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) {
      page.faults.push(message.text());
    }
  });
  page.on("request", (request) => {
    const asked = new URL(request.url());
    if (asked.protocol !== "data:" && asked.hostname !== host) {
      page.faults.push(`a request to ${request.url()}`);
    }
  });
  await prepare(page);
  await page.goto(url);
  return page;
}

export async function closePage(page) {
  assert.deepEqual(page.faults, []);
  await page.unrouteAll({ behavior: "ignoreErrors" }); // what a test answers itself may still be under way
  await page.context().close();
}

// Waits until the text of the only element there is this one.
export async function expectText(page, selector, text) {
  const element = page.locator(selector);
  const shown = async () => (await element.innerText()).replaceAll(/\s+/g, " ").trim();
  const end = Date.now() + DEADLINE_MS;
  while ((await shown()) !== text) {
    if (Date.now() > end) {
      assert.equal(await shown(), text);
    }
    await page.waitForTimeout(50);
  }
}

export async function expectAccessible(page) {
  // Not as a script element: the policy of the pages would refuse it.
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" | ")}`);
  assert.deepEqual(found, []);
}

export async function takeScreenshot(page, name, fullPage = true) {
  mkdirSync(screenshots, { recursive: true });
  await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage });
}
