// Where the files of bulletins are taken from, and what is checked of each as it comes.
import { hashOf } from "./crypto.js";
import { Fault, addUp, compareWithLine, readArea } from "./files.js";

// `address` is what stands before /v1/bulletins: an origin, perhaps with a folder.
export class Source {
  #address;
  #signal;
  count = 0; // files that have come

  constructor(address, signal) {
    this.#address = address;
    this.#signal = signal;
  }

  async bytes(number, file) {
    let response;
    try {
      response = await fetch(`${this.#address}/v1/bulletins/${number}/${file}`, { signal: this.#signal, credentials: "omit" });
    } catch {
      throw new Fault("fault.fetch", file);
    }
    if (response.status === 403) {
      throw new Fault("fault.hidden", file);
    }
    if (!response.ok) {
      throw new Fault("fault.status", file, response.status);
    }
    this.count++;
    return new Uint8Array(await response.arrayBuffer());
  }

  // The file of the area whose hash is named in the file `above`, perhaps in a `line` with its figures. Gives { file, above,
  // area, fault }: an area that has a fault may be readable all the same.
  async area(number, code, hash, above, line) {
    const file = `areas/${code}.csv`;
    const read = { file, above, hash, area: null, fault: null };
    try {
      const bytes = await this.bytes(number, file);
      const found = await hashOf(bytes);
      if (found !== hash) {
        read.fault = new Fault("fault.hash", file, found, above, hash);
      }
      read.area = readArea(file, bytes);
      addUp(read.area);
      compareWithLine(read.area, line ?? { ...read.area.own, code }, above);
    } catch (error) {
      read.fault ??= faultOf(error);
    }
    return read;
  }
}

// What is no fault of a bulletin is one of the page, and is not called the bulletin's.
export function faultOf(error) {
  if (error instanceof Fault) {
    return error;
  }
  throw error;
}
