// Ed25519 by the browser where it has it, so that the key can be kept in a form that no script can read; else by a library.
import * as ed25519 from "../ed25519.js";

const PKCS8_HEAD = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20]; // RFC 8410

// What signs with this seed, and can be kept in the browser's database.
export async function signerOf(seed) {
  try {
    const pkcs8 = Uint8Array.from([...PKCS8_HEAD, ...seed]);
    return await crypto.subtle.importKey("pkcs8", pkcs8, "Ed25519", false, ["sign"]);
  } catch {
    return seed;
  }
}

async function sign(signer, lines) {
  const bytes = new TextEncoder().encode(lines.map((line) => `${line}\n`).join(""));
  const signature =
    signer instanceof Uint8Array
      ? ed25519.sign(bytes, signer)
      : new Uint8Array(await crypto.subtle.sign("Ed25519", signer, bytes));
  return btoa(String.fromCharCode(...signature)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

// The report as it is sent (proto/report.md).
export async function signReport(card, report) {
  const { election, key, unit } = card;
  const { seq, as_of, voted, registered, kind, reason, test } = report;
  const lines = [test ? "turnout-test-v1" : "turnout-report-v1", election, unit, seq, as_of, voted];
  const sig = await sign(card.signer, [...lines, registered ?? "", kind ?? "", reason ?? "", "", key]);
  return JSON.stringify({ election, unit, seq, as_of, voted, registered, kind, reason, test, key, sig });
}

// The header by which a unit asks for itself (proto/committee.md).
export async function signReading(card, seconds) {
  const sig = await sign(card.signer, ["turnout-read-v1", card.election, card.unit, seconds]);
  return `Signature ${card.key}.${seconds}.${sig}`;
}
