// The day of the nation or a province, for the curve.
import { useDocument } from "./document.js";

const RENEW_MS = 60000; // the server adds a point a minute
const REPLAY_RENEW_MS = 5000;
const MINUTE_MS = 60000;
const POINTS_MAX = 1440; // that the server gives at once

// The rounds for which there are bulletins. A day that is replayed on another one has only these by its own time.
function roundsOf({ bulletins }, rounds, code, opens) {
  const points = bulletins.map(({ round, nation, provinces }) => ({
    time: Date.parse(rounds.find((moment) => moment.slice(11, 16) === round)),
    percent: [nation, ...provinces].find((area) => area.code === code)?.percent ?? null,
  }));
  return [{ time: Date.parse(opens), percent: 0 }, ...points.filter(({ time }) => time > 0).reverse()];
}

// { rounds, marked, points: [{ time, percent }] } of an area, between the opening and the closing of the polls; null before it has
// come. `marked` are the rounds of which the figure is known. Its last point is what is shown of the area now, in a document that was made at `generatedAt`. Without an area: null.
export function useSeries(area, election, generatedAt) {
  const { opens, closes } = election;
  const minutes = (Date.parse(closes) - Date.parse(opens)) / MINUTE_MS;
  const step = Math.max(1, Math.ceil(minutes / POINTS_MAX));
  const query = area && new URLSearchParams({ area: area.code, from: opens, to: closes, step });
  const day = useDocument(area && `/v1/series?${query}`, RENEW_MS).document;
  const isReplay = day !== null && day.points.length === 0;
  const list = useDocument(isReplay ? "/v1/bulletins" : null, REPLAY_RENEW_MS).document;
  if (!day || (isReplay && !list)) {
    return null;
  }
  const points = isReplay
    ? roundsOf(list, day.rounds, area.code, opens)
    : day.points.map(({ time, percent }) => ({ time: Date.parse(time), percent }));
  const known = points.filter(({ percent }) => percent !== null);
  const now = { time: Date.parse(isReplay ? area.as_of : generatedAt), percent: area.percent };
  const newest = known[known.length - 1]?.time ?? 0;
  if (now.percent !== null && now.time >= newest && now.time <= Date.parse(closes)) {
    known.push(now);
  }
  const rounds = day.rounds.map((moment) => Date.parse(moment));
  const marked = isReplay ? rounds.filter((round) => known.some(({ time }) => time === round)) : rounds;
  return { rounds, marked, points: known };
}
