// A unit on this telephone: what stands of it, and every report made here, which is kept until it is answered for good.
//
//   unsent      in this telephone alone
//   sent        on its way, or not known to have arrived: sent again until it is answered
//   counted     with its receipt
//   held        kept by the server, for a committee to decide
//   superseded  a newer one counts
//   refused     will not be counted; `code` and `detail` say why
import { forgetUnit, keepUnit, loadUnit } from "./device.js";
import { signReading, signReport, signerOf } from "./sign.js";

const PATIENCE_MS = 20000;
const AGAIN_MS = 5000;
const AGAIN_LATER_MS = 30000;

const outcomes = { accepted: "counted", duplicate: "counted", held: "held", superseded: "superseded" };
const renumbered = ["seq-conflict", "seq-behind", "seq-too-far"];
const keptCodes = ["not-open", "too-many", "store-unavailable", "clock-in-doubt"]; // sent again later, as they are

export class SignInError extends Error {}

async function ask(card, skewMs) {
  const authorization = await signReading(card, Math.round((Date.now() + skewMs) / 1000));
  const response = await fetch(`/v1/units/${card.unit}`, { cache: "no-store", headers: { Authorization: authorization } });
  return { response, skewMs: Date.parse(response.headers.get("Date")) - Date.now() };
}

// What the server says of the unit. A device whose clock is wrong is told the time by the first answer, and asks again.
async function read(card, knownSkewMs) {
  let { response, skewMs } = await ask(card, knownSkewMs);
  if (response.status === 401) {
    ({ response, skewMs } = await ask(card, skewMs));
  }
  if (!response.ok) {
    throw new SignInError(response.status === 401 || response.status === 404 ? "card.refused" : "card.later");
  }
  const { phase, now, unit, name, commune, commune_name, listed, next_seq, state } = await response.json();
  return { phase, offset: now.slice(19), skewMs, about: { unit, name, commune, commune_name, listed }, nextSeq: next_seq, standing: state };
}

// The unit's object; call start(tell) to have it work, and tell(state) called whenever something has changed.
export class Unit {
  static async signIn({ seed, ...card }) {
    card.signer = await signerOf(seed);
    const unit = new Unit({ card, reports: [], tally: 0, ...(await read(card, 0)) });
    await keepUnit(unit.state);
    return unit;
  }

  static async load() {
    const state = await loadUnit();
    return state && new Unit(state);
  }

  constructor(state) {
    this.state = state;
  }

  start(tell) {
    this.tell = tell;
    this.pump = this.pump.bind(this);
    window.addEventListener("online", this.pump);
    navigator.storage?.persist?.();
    this.refresh();
    this.pump();
  }

  async signOut() {
    clearTimeout(this.timer);
    window.removeEventListener("online", this.pump);
    await forgetUnit();
  }

  async change(changes) {
    this.state = { ...this.state, ...changes };
    await keepUnit(this.state);
    this.tell(this.state);
  }

  async refresh() {
    try {
      await this.change(await read(this.state.card, this.state.skewMs));
    } catch {
      // What was known goes on.
    }
  }

  // Now, as the server has it, by the clocks of the election: 2026-03-15T15:02:44+07:00.
  now() {
    const { skewMs, offset } = this.state;
    const sign = offset[0] === "-" ? -1 : 1;
    const minutes = offset === "Z" ? 0 : sign * (60 * Number(offset.slice(1, 3)) + Number(offset.slice(4)));
    return new Date(Date.now() + skewMs + 60000 * minutes).toISOString().slice(0, 19) + offset;
  }

  // Keeps a new report, then sends it.
  async add({ voted, registered, kind, reason }) {
    const { reports, nextSeq, phase } = this.state;
    const report = { id: reports.length, status: "unsent", seq: nextSeq, as_of: this.now(), voted, registered, kind, reason, test: phase === "rehearsal" || undefined };
    await this.change({ reports: [...reports, report], nextSeq: nextSeq + 1 });
    this.pump();
  }

  async replace(report, changes) {
    const reports = this.state.reports.map((other) => (other.id === report.id ? { ...other, ...changes } : other));
    await this.change({ reports });
  }

  // Sends what waits, oldest first, one at a time; what cannot be sent now is tried again for ever.
  async pump() {
    clearTimeout(this.timer);
    if (this.isPumping) {
      return;
    }
    this.isPumping = true;
    let waitMs = 0;
    for (;;) {
      const report = this.state.reports.find(({ status }) => status === "unsent" || status === "sent");
      if (!report || waitMs > 0) {
        break;
      }
      waitMs = await this.send(report);
    }
    this.isPumping = false;
    if (waitMs > 0) {
      this.timer = setTimeout(this.pump, waitMs);
    }
  }

  // How long to wait before it is tried again; 0 when it has its answer.
  async send(report) {
    const body = await signReport(this.state.card, report);
    const isFirst = report.status === "unsent";
    await this.replace(report, { status: "sent", sentAt: this.now() });
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
    let answer;
    try {
      const response = await fetch("/v1/reports", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body,
        signal: patience.signal,
      });
      answer = await response.json();
    } catch (error) {
      // What was cut off by our own patience may have arrived. What found no line has not, unless it had before.
      if (error.name !== "AbortError" && isFirst) {
        await this.replace(report, { status: "unsent" });
      }
      return AGAIN_MS;
    } finally {
      clearTimeout(timer);
    }
    return this.take(report, answer);
  }

  async take(report, { status, receipt, code, detail, next_seq }) {
    const answeredAt = this.now();
    if (outcomes[status]) {
      await this.replace(report, { status: outcomes[status], receipt, code, detail, answeredAt });
      if (outcomes[status] === "counted" && report.seq > this.state.standing.seq) {
        const { seq, voted, as_of, registered = this.state.standing.registered } = report;
        await this.change({ standing: { ...this.state.standing, seq, voted, as_of, registered } });
      }
      return 0;
    }
    if (renumbered.includes(code) && next_seq) {
      // Another telephone has sent reports of this unit.
      await this.replace(report, { seq: next_seq, status: "unsent" });
      await this.change({ nextSeq: Math.max(this.state.nextSeq, next_seq + 1) });
      await this.refresh();
      return 0;
    }
    if (keptCodes.includes(code) || code === undefined) {
      await this.replace(report, { status: "unsent", code, detail });
      return AGAIN_LATER_MS;
    }
    await this.replace(report, { status: "refused", code, detail, answeredAt });
    await this.refresh();
    return 0;
  }
}
