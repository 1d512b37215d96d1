// Sends what a unit's telephone keeps, oldest first, one at a time, until each is answered for good.
import { signReport } from "./sign.js";

const PATIENCE_MS = 20000;
const AGAIN_MS = 5000;
const AGAIN_LATER_MS = 30000;

const outcomes = { accepted: "counted", duplicate: "counted", held: "held", superseded: "superseded" };
const renumbered = ["seq-conflict", "seq-behind", "seq-too-far"];
const keptCodes = ["not-open", "closed"]; // another phase takes them

// Whether a refusal is of this moment only: then the same report is sent again later.
function isForNow(httpStatus, code) {
  return httpStatus >= 500 || httpStatus === 429 || code === undefined || keptCodes.includes(code);
}

export class Outbox {
  constructor(unit) {
    this.unit = unit;
    this.pump = this.pump.bind(this);
  }

  stop() {
    clearTimeout(this.timer);
    this.isStopped = true;
  }

  async replace(report, changes) {
    const reports = this.unit.state.reports.map((other) => (other.id === report.id ? { ...other, ...changes } : other));
    await this.unit.change({ reports });
  }

  // What cannot be sent now is tried again for ever.
  async pump() {
    clearTimeout(this.timer);
    if (this.isPumping || this.isStopped) {
      return;
    }
    this.isPumping = true;
    let waitMs = 0;
    for (;;) {
      const report = this.unit.state.reports.find(({ status }) => status === "unsent" || status === "sent");
      if (!report || waitMs > 0) {
        break;
      }
      waitMs = await this.send(report);
    }
    this.isPumping = false;
    if (waitMs > 0 && !this.isStopped) {
      this.timer = setTimeout(this.pump, waitMs);
    }
  }

  // How long to wait before it is tried again; 0 when it has its answer.
  async send(report) {
    const body = await signReport(this.unit.state.card, report);
    const isFirst = report.status === "unsent";
    await this.replace(report, { status: "sent", sentAt: this.unit.now() });
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
    let response;
    let answer;
    try {
      response = await fetch("/v1/reports", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body,
        signal: patience.signal,
      });
      answer = await response.json();
    } catch (error) {
      // What was cut off by our own patience, or answered by something between, may have arrived. What found no line has
      // not, unless it had before.
      if (error instanceof TypeError && isFirst) {
        await this.replace(report, { status: "unsent" });
      }
      return AGAIN_MS;
    } finally {
      clearTimeout(timer);
    }
    return this.take(report, response.status, answer);
  }

  async take(report, httpStatus, { status, receipt, code, detail, next_seq, generation }) {
    const { unit } = this;
    const answeredAt = unit.now();
    if (outcomes[status]) {
      await this.replace(report, { status: outcomes[status], receipt, code, detail, generation, answeredAt });
      if (outcomes[status] === "counted" && report.seq > unit.state.standing.seq) {
        const { seq, voted, as_of, registered = unit.state.standing.registered } = report;
        await unit.change({ standing: { ...unit.state.standing, seq, voted, as_of, registered } });
      }
      await this.sendLostAgain(generation);
      return 0;
    }
    if (renumbered.includes(code) && next_seq) {
      // Another telephone has sent reports of this unit.
      await this.replace(report, { seq: next_seq, status: "unsent" });
      await unit.change({ nextSeq: Math.max(unit.state.nextSeq, next_seq + 1) });
      await unit.refresh();
      return 0;
    }
    if (isForNow(httpStatus, code)) {
      await this.replace(report, { status: "unsent", code, detail });
      return AGAIN_LATER_MS;
    }
    await this.replace(report, { status: "refused", code, detail, answeredAt });
    await unit.refresh();
    return 0;
  }

  // Another store than the one that kept a report may not have it.
  async sendLostAgain(generation) {
    const isLost = (report) => report.generation && generation && report.generation !== generation;
    const { reports } = this.unit.state;
    if (reports.some(isLost)) {
      await this.unit.change({
        reports: reports.map((report) => (isLost(report) ? { ...report, status: "sent", generation: undefined } : report)),
      });
    }
  }
}
