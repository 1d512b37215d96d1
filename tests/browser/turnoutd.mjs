// A real turnoutd on free ports, with a data folder of its own, for the tests of the pages.
import { execFileSync, spawn } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export const source = join(dirname(fileURLToPath(import.meta.url)), "../..");
export const programs = join(process.env.PAGES_BUILD_DIR ?? join(source, "build/dev"), "bin");
const DEADLINE_MS = 60_000;
const LISTENERS = ["operate", "public", "intake-http", "intake-stream"];

// Asks until `ask` gives something; asks that fail are asked again.
export async function until(what, ask, deadlineMs = DEADLINE_MS) {
  const end = Date.now() + deadlineMs;
  for (;;) {
    const answer = await ask().catch(() => undefined);
    if (answer) {
      return answer;
    }
    if (Date.now() > end) {
      throw new Error(`waited in vain for ${what}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export class Turnoutd {
  // `election` is a folder with areas.csv, units.csv and election.ini. Resolves once the server is ready.
  static async start(election = join(source, "tests/support/small-election"), settings = []) {
    const server = new Turnoutd();
    server.folder = mkdtempSync(join(tmpdir(), "turnout-browser-"));
    server.election = join(server.folder, "election");
    cpSync(election, server.election, { recursive: true });
    await server.#launch(settings);
    return server;
  }

  async #launch(settings) {
    this.process = spawn(
      join(programs, "turnoutd"),
      [
        // One worker for all readers: what the public sees on one connection is not news on the next.
        ...["--election", this.election, "--data", join(this.folder, "data"), "--intake", "open", "--publish-ms", "100", "--workers", "1"],
        ...LISTENERS.flatMap((listener) => [`--${listener}`, "127.0.0.1:0"]),
        ...settings,
      ],
      { stdio: ["ignore", "ignore", "pipe"] },
    );
    const ports = {};
    let lastLine = "";
    createInterface({ input: this.process.stderr }).on("line", (line) => {
      lastLine = line;
      this.fingerprint = / fingerprint=(\S+)/.exec(line)?.[1] ?? this.fingerprint;
      const listening = / listening listener=(\S+) .*port=(\d+)/.exec(line);
      if (listening) {
        ports[listening[1]] = Number(listening[2]);
      }
    });
    await until("the listeners of turnoutd", async () => {
      return this.process.exitCode !== null || LISTENERS.every((listener) => ports[listener]);
    });
    if (this.process.exitCode !== null) {
      throw new Error(`turnoutd has ended: ${lastLine}`);
    }
    this.publicUrl = `http://127.0.0.1:${ports.public}`;
    this.intakeUrl = `http://127.0.0.1:${ports["intake-http"]}`;
    await until("turnoutd to be ready", async () => (await fetch(`http://127.0.0.1:${ports.operate}/readyz`)).ok);
  }

  async stop() {
    const ended = new Promise((resolve) => this.process.once("exit", resolve));
    this.process.kill("SIGTERM");
    await ended;
    rmSync(this.folder, { recursive: true });
  }

  token(role, area, label = "test") {
    const command = ["token", "make", "--label", label, "--role", role, "--area", area, "--days", "1"];
    const places = ["--election", this.election, "--data", join(this.folder, "data")];
    return execFileSync(join(programs, "turnout"), [...command, ...places], { encoding: "utf8" }).trim();
  }

  // Makes a key for every unit, and returns the folder with OUT/<key>.pem and the cards.
  makeKeys() {
    const out = join(this.folder, "keys");
    execFileSync(join(programs, "turnout"), ["keys", "make", "--election", this.election, "--out", out, "--units"]);
    return out;
  }

  async turnout() {
    return (await fetch(`${this.publicUrl}/v1/turnout`)).json();
  }

  // Freezes a bulletin now, and resolves with its number once the public sees it. The server knows a token within two seconds.
  async freeze(label) {
    this.admin ??= this.token("admin", (await this.turnout()).nation.code);
    const headers = { Authorization: `Bearer ${this.admin}`, "Content-Type": "application/json" };
    const { bulletin } = await until("a bulletin", async () => {
      const answer = await fetch(`${this.intakeUrl}/v1/bulletins`, { method: "POST", headers, body: JSON.stringify({ label }) });
      return answer.status === 201 && answer.json();
    });
    await until("the list of bulletins", async () => (await this.bulletins()).some(({ number }) => number === bulletin));
    return bulletin;
  }

  async bulletins() {
    return (await (await fetch(`${this.publicUrl}/v1/bulletins`)).json()).bulletins;
  }

  // The lines of a file of a bulletin, each as its cells.
  async file(number, name) {
    const text = await (await fetch(`${this.publicUrl}/v1/bulletins/${number}/${name}`)).text();
    return text.trim().split("\n").map((line) => line.split(","));
  }

  // Sends reports, 10,000 at a time, and resolves once the public sees as many voters of the nation as `voted`.
  async report(reports, voted, headers = {}) {
    for (let first = 0; first < reports.length; first += 10_000) {
      const lines = reports.slice(first, first + 10_000).map((report) => JSON.stringify(report));
      const answer = await fetch(`${this.intakeUrl}/v1/reports`, {
        method: "POST",
        headers: { "Content-Type": "application/x-ndjson", ...headers },
        body: lines.join("\n"),
      });
      const refused = (await answer.text()).split("\n").find((line) => line && !/"status":"(accepted|duplicate)"/.test(line));
      if (refused) {
        throw new Error(`refused: ${refused}`);
      }
    }
    await until(`${voted} voters`, async () => (await this.turnout()).nation.voted === voted);
  }
}
