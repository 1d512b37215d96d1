// The same hour of the election before, in the headline; and the areas that are complete, in the order in which they were.
import { appendFileSync, cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { closePage, expectAccessible, expectText, openPage, startBrowser } from "./browser.mjs";
import { source, Turnoutd } from "./turnoutd.mjs";

let folder;
let server;
let browser;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "turnout-browser-"));
  cpSync(join(source, "tests/support/small-election"), folder, { recursive: true });
  appendFileSync(
    join(folder, "election.ini"),
    "\n[previous]\nname = Bầu cử 2021\nname_en = Election of 2021\ndate = 2021-05-23\ncomparable = no\nreason = Bầu sớm cũng được tính\n",
  );
  writeFileSync(join(folder, "previous.csv"), "area,time,registered,voted\nT,09:00,6000,1200\n02,10:00,3000,3000\n");
  server = await Turnoutd.start(folder);
  browser = await startBrowser();
  const report = (unit, hour, voted) => ({
    election: "small",
    unit,
    seq: 1,
    as_of: `2026-03-15T${String(hour).padStart(2, "0")}:00:00+07:00`,
    voted,
    test: true,
  });
  await server.report([report("0101-001", 9, 615)], 615);
});

after(async () => {
  await browser?.close();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test("the headline names the same hour of the election before, at that hour only", async () => {
  const page = await openPage(browser, `${server.publicUrl}/`);
  await expectText(page, ".previous", "Bầu cử 2021, lúc 09:00: 20,00 % (−10,00 điểm phần trăm). Không so sánh được: Bầu sớm cũng được tính");
  await expectAccessible(page);
  await closePage(page);
  const english = await openPage(browser, `${server.publicUrl}/?language=en`);
  await expectText(english, ".previous", "Election of 2021, at 09:00: 20.00% (−10.00 points). Not comparable: Bầu sớm cũng được tính");
  await closePage(english);
});
