// Ed25519 for browsers that have none.
import * as ed25519 from "@noble/ed25519";
import { sha512 } from "@noble/hashes/sha2";

ed25519.etc.sha512Sync = (...parts) => sha512(ed25519.etc.concatBytes(...parts));

export const { sign, verify } = ed25519;
