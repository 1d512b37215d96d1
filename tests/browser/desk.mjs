// What the tests of the committee's desk have in common: a small election in rehearsal, and signing in.
import assert from "node:assert/strict";
import { openPage } from "./browser.mjs";
import { until } from "./turnoutd.mjs";

// A test report of a unit of the small election, counted at 8 o'clock and `seq` hours unless `more` says otherwise.
export function reportOf(unit, seq, voted, more = {}) {
  return { election: "small", unit, seq, as_of: `2026-03-15T${String(8 + seq).padStart(2, "0")}:00:00+07:00`, voted, test: true, ...more };
}

export async function post(server, report, status) {
  const answer = await fetch(`${server.intakeUrl}/v1/reports`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(report) });
  assert.equal(answer.status, status, await answer.text());
}

// Opens the desk at an address and signs in. The server knows a new token within two seconds.
export async function openDesk(browser, server, token, hash = "", options = {}) {
  const page = await openPage(browser, `${server.intakeUrl}/committee${hash}`, options);
  await signIn(page, token);
  return page;
}

export async function signIn(page, token) {
  await until("the server to know the token", async () => {
    await page.fill("#token", token);
    await page.click("button[type=submit]");
    return page.waitForSelector(".views", { timeout: 1000 });
  });
}
