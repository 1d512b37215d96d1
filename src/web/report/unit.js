// A unit on this telephone: what stands of it, and every report made here, which is kept until it is answered for good.
//
//   unsent      in this telephone alone
//   sent        on its way, or not known to have arrived: sent again until it is answered
//   counted     with its receipt
//   held        kept by the server, for a committee to decide
//   superseded  a newer one counts
//   refused     will not be counted; `code` and `detail` say why
import { forgetUnit, keepUnit, loadUnit } from "./device.js";
import { Outbox } from "./outbox.js";
import { signReading, signerOf } from "./sign.js";

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
    this.outbox = new Outbox(this);
    this.look = this.look.bind(this);
  }

  start(tell) {
    this.tell = tell;
    window.addEventListener("online", this.look);
    document.addEventListener("visibilitychange", this.look);
    navigator.storage?.persist?.();
    this.look();
  }

  // The phase, or what stands, may be another since this page was looked at last.
  look() {
    if (document.visibilityState === "visible") {
      this.refresh();
      this.outbox.pump();
    }
  }

  async signOut() {
    this.outbox.stop();
    window.removeEventListener("online", this.look);
    document.removeEventListener("visibilitychange", this.look);
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
    this.outbox.pump();
  }
}
