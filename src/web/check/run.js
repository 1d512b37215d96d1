// Checks a bulletin from its signed statement down, and the way of one unit up to the nation. It goes on after a fault, as far
// as files can be read, so that all that is wrong is found.
import { hashOf, isSigned, keyOf } from "./crypto.js";
import { Fault, readStatement } from "./files.js";
import { Source, faultOf } from "./source.js";

const AT_ONCE = 6; // files that are fetched at the same time
const TELL_EVERY = 20; // files
const UNSEEN = ["fault.hidden", "fault.no-previous"]; // nothing is wrong, there is only nothing to check

// A receipt as the files have it, out of what somebody has typed: Crockford's base32 has no I, L and O.
export function receiptOf(text) {
  const plain = text.toUpperCase().replace(/[^0-9A-Z]/g, "").replace(/O/g, "0").replace(/[IL]/g, "1");
  return plain.length === 8 ? `${plain.slice(0, 4)}-${plain.slice(4)}` : plain;
}

// This page's server's, wherever the files come from.
async function ownKeys() {
  const response = await fetch("/v1/keys").catch(() => null);
  const { keys } = response?.ok ? await response.json() : { keys: [] };
  return keys.map(({ public_key }) => public_key);
}

// Which of the keys has signed.
async function signingKey(bytes, signature, keys) {
  for (const text of keys) {
    const key = keyOf(text);
    if (!key) {
      throw new Fault("fault.key");
    }
    if (await isSigned(bytes, signature, key)) {
      return text;
    }
  }
  throw new Fault("fault.signature", keys[0]);
}

function raise({ fault }) {
  if (fault) {
    throw fault;
  }
}

// A step is { name, state, found, fault, done, total }. Its state is waiting, running, good, bad, unseen or skipped (what it needs
// cannot be read); `found` is what was checked. Calls tell() whenever something has changed. `wanted` is
// { number, address, key, unit, receipt, everyCommune }; a key, a unit or a receipt that is "" was not given.
export class Check {
  #wanted;
  #tell;
  #signal;
  #source;
  #communes = new Map(); // what has been read, by code

  constructor(wanted, tell, signal) {
    const { everyCommune, unit } = wanted;
    const way = unit ? ["unit", "unit.commune", "unit.province", "unit.nation"] : [];
    const names = ["statement", "signature", "previous", "nation", "provinces", ...(everyCommune ? ["communes"] : []), ...way];
    this.steps = names.map((name) => ({ name, state: "waiting", found: null, fault: null, done: 0, total: 0 }));
    this.#wanted = wanted;
    this.#tell = tell;
    this.#signal = signal;
    this.#source = new Source(wanted.address, signal);
  }

  get files() {
    return this.#source.count;
  }

  async run() {
    const { everyCommune, unit } = this.#wanted;
    const statement = await this.#take("statement", (step) => this.#readStatement(step));
    if (statement) {
      await this.#take("signature", (step) => this.#checkSignature(step, statement));
      await this.#take("previous", (step) => this.#checkPrevious(step, statement));
    }
    const nation = statement && (await this.#take("nation", (step) => this.#readNation(step, statement)));
    const provinces = nation?.area ? await this.#take("provinces", (step) => this.#readProvinces(step, nation)) : [];
    const places = provinces.flatMap((province) => (province.area?.children ?? []).map((line) => ({ line, province })));
    if (places.length > 0 && everyCommune) {
      await this.#take("communes", (step) => this.#readAll(step, places, (place) => this.#readCommune(place)));
    }
    if (places.length > 0 && unit) {
      const found = await this.#take("unit", (step) => this.#findUnit(step, places));
      await (found && this.#followUp(found, nation));
    }
    this.steps.filter(({ state }) => state === "waiting").forEach((step) => (step.state = "skipped"));
    this.#tell();
  }

  #step(name) {
    return this.steps.find((step) => step.name === name);
  }

  // Does one step: `work` sets what it has found, and throws the fault if there is one. Returns what was found.
  async #take(name, work) {
    const step = this.#step(name);
    step.state = "running";
    this.#tell();
    try {
      await work(step);
      step.state = "good";
    } catch (error) {
      step.fault = faultOf(error);
      step.state = UNSEEN.includes(step.fault.key) ? "unseen" : "bad";
    }
    this.#tell();
    return step.found;
  }

  async #readStatement(step) {
    const { number } = this.#wanted;
    const bytes = await this.#source.bytes(number, "bulletin.txt");
    const statement = { ...readStatement(bytes), bytes, sha256: await hashOf(bytes) };
    step.found = statement;
    if (statement.number !== number) {
      throw new Fault("fault.number", statement.number, number);
    }
  }

  async #checkSignature(step, { bytes }) {
    const { number, key: given } = this.#wanted;
    const signature = await this.#source.bytes(number, "bulletin.sig");
    const own = await ownKeys();
    if (!given && own.length === 0) {
      throw new Fault("fault.no-key");
    }
    const key = await signingKey(bytes, signature, given ? [given] : own);
    step.found = { key, isOwn: own.includes(key) };
  }

  async #checkPrevious(step, { number, previous }) {
    step.found = { before: previous === "-" ? 0 : number - 1 };
    if (previous === "-") {
      return;
    }
    const file = `${number - 1}/bulletin.txt`;
    const bytes = await this.#source.bytes(number - 1, "bulletin.txt").catch((error) => {
      throw faultOf(error).key === "fault.status" ? new Fault("fault.no-previous", file) : error;
    });
    const hash = await hashOf(bytes);
    if (hash !== previous) {
      throw new Fault("fault.hash", file, hash, "bulletin.txt", previous);
    }
  }

  async #readNation(step, { nation, hash }) {
    step.found = await this.#source.area(this.#wanted.number, nation, hash, "bulletin.txt");
    raise(step.found);
  }

  // Calls work(item, index) for many items, some at a time, until one of them gives something.
  async #search(step, items, work) {
    step.total += items.length;
    let next = 0;
    let found = null;
    const worker = async () => {
      while (next < items.length && !found && !this.#signal.aborted) {
        const index = next++;
        found = (await work(items[index], index)) ?? found;
        step.done++;
        if (step.done % TELL_EVERY === 0) {
          this.#tell();
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    return found;
  }

  // Reads an area for each of many lines. The step has the fault of the first that has one.
  async #readAll(step, lines, read) {
    step.found = new Array(lines.length);
    await this.#search(step, lines, async (line, index) => {
      step.found[index] = await read(line);
    });
    step.found.forEach(raise);
  }

  async #readProvinces(step, { area, file }) {
    const { number } = this.#wanted;
    await this.#readAll(step, area.children, (line) => this.#source.area(number, line.code, line.hash, file, line));
  }

  async #readCommune({ line, province }) {
    if (!this.#communes.has(line.code)) {
      const commune = await this.#source.area(this.#wanted.number, line.code, line.hash, province.file, line);
      this.#communes.set(line.code, commune);
    }
    return this.#communes.get(line.code);
  }

  // A unit's code mostly begins with its commune's, so such communes are looked at first.
  async #findUnit(step, places) {
    const { unit, receipt } = this.#wanted;
    const find = async (place) => {
      const commune = await this.#readCommune(place);
      const line = commune.area?.children.find(({ code }) => code === unit);
      const isHidden = commune.fault?.key === "fault.hidden"; // as all of them are
      return line || isHidden ? { line, commune, province: place.province } : null;
    };
    const isLikely = ({ line }) => unit.startsWith(line.code);
    const likely = await this.#search(step, places.filter(isLikely), find);
    const found = likely ?? (await this.#search(step, places.filter((place) => !isLikely(place)), find));
    if (!found) {
      throw new Fault("fault.no-unit", unit);
    }
    if (!found.line) {
      raise(found.commune);
    }
    step.found = found;
    compareReceipt(found.line, receiptOf(receipt));
  }

  async #followUp({ commune, province }, nation) {
    const links = { "unit.commune": [commune], "unit.province": [province], "unit.nation": [nation, this.#step("signature")] };
    for (const [name, parts] of Object.entries(links)) {
      await this.#take(name, (step) => {
        step.found = parts[0];
        parts.forEach(raise);
      });
    }
  }
}

function compareReceipt(line, receipt) {
  if (line.seq === "") {
    throw new Fault("fault.silent", line.code);
  }
  if (receipt && receipt !== line.receipt) {
    throw new Fault("fault.receipt", line.code, line.receipt, receipt);
  }
}
