// Where the provinces of an election are on its tile map, and where its outline is to be had.
import maps from "maps";
import { islands } from "./islands.js";

const PLAIN_COLUMNS = 6;

export const outlineOf = (election) => maps[election.id]?.outline;
export const islandsOf = (election) => islands[election.id] ?? [];

// { isMap, columns, places: { code: [row, column] }, islands }. An election without a map has its provinces in the order
// of its register, six in a row.
export function mapOf(election, provinces) {
  const places = maps[election.id]?.tiles;
  if (!places || !provinces.every((province) => province.code in places)) {
    const plain = provinces.map((province, index) => [
      province.code,
      [Math.floor(index / PLAIN_COLUMNS), index % PLAIN_COLUMNS],
    ]);
    return { isMap: false, columns: PLAIN_COLUMNS, places: Object.fromEntries(plain), islands: [] };
  }
  const columns = 1 + Math.max(...provinces.map((province) => places[province.code][1]));
  return { isMap: true, columns, places, islands: islandsOf(election) };
}
