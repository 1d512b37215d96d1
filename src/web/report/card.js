// The key card: a photograph of its code, the text in it, or the key's PEM file.
import { decodeQR } from "qr/decode.js";

const PIXELS_MAX = 1600; // of a photograph's longer side: a code needs no more, and a telephone has little memory
const SEED_BYTES = 32;
const PKCS8_HEAD = "302e020100300506032b657004220420"; // of an Ed25519 key (RFC 8410), before its seed

export class CardError extends Error {}

function fromBase64(text) {
  return Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (character) => character.charCodeAt(0));
}

// `turnout-key-v1:<election>:<key>:<area>:<seed>` anywhere in a text.
export function cardFromText(text) {
  const found = /turnout-key-v1:([\w.-]{1,32}):([\w.-]{1,64}):([\w.-]{1,32}):([\w-]{43})(?![\w-])/.exec(text);
  if (!found) {
    throw new CardError("card.none");
  }
  const [, election, key, unit, seed] = found;
  return { election, key, unit, seed: fromBase64(seed) };
}

// A PEM file says neither key nor unit nor election: its name is the key's id, which begins with the unit's code.
function cardFromPem(text, name, election) {
  const der = fromBase64(text.replace(/-----[^-]+-----|\s/g, ""));
  const head = [...der.slice(0, -SEED_BYTES)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const key = name.replace(/\.pem$/, "");
  if (election === "") {
    throw new CardError("card.which");
  }
  if (head !== PKCS8_HEAD || !key.includes(".")) {
    throw new CardError("card.pem");
  }
  return { election, key, unit: key.slice(0, key.lastIndexOf(".")), seed: der.slice(-SEED_BYTES) };
}

async function cardFromPhotograph(file) {
  const bitmap = await createImageBitmap(file);
  const scale = Math.min(1, PIXELS_MAX / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(bitmap.width * scale);
  canvas.height = Math.round(bitmap.height * scale);
  const context = canvas.getContext("2d");
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  let text;
  try {
    text = decodeQR(context.getImageData(0, 0, canvas.width, canvas.height), { timeLimit: 3000 });
  } catch {
    throw new CardError("card.unread");
  }
  return cardFromText(text);
}

export async function cardFromFile(file, election) {
  if (file.type.startsWith("image/") && file.type !== "image/svg+xml") {
    return cardFromPhotograph(file);
  }
  const text = await file.text();
  return text.includes("-----BEGIN PRIVATE KEY-----") ? cardFromPem(text, file.name, election) : cardFromText(text);
}
