// Hashes and signatures by the browser where it has them, else by a library: over plain HTTP it has none.
import { sha256 } from "@noble/hashes/sha2";
import { verify } from "../ed25519.js";

const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

export async function hashOf(bytes) {
  return hex(crypto.subtle ? new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)) : sha256(bytes));
}

// The 32 bytes of a public key in base64url; null where it is none.
export function keyOf(text) {
  try {
    const binary = atob(text.trim().replace(/-/g, "+").replace(/_/g, "/"));
    return binary.length === 32 ? Uint8Array.from(binary, (character) => character.charCodeAt(0)) : null;
  } catch {
    return null;
  }
}

export async function isSigned(bytes, signature, key) {
  if (signature.length !== 64) {
    return false;
  }
  let imported;
  try {
    imported = await crypto.subtle.importKey("raw", key, "Ed25519", false, ["verify"]);
  } catch {
    try {
      return verify(signature, bytes, key);
    } catch {
      return false; // no point of the curve
    }
  }
  return crypto.subtle.verify("Ed25519", imported, signature, bytes);
}
