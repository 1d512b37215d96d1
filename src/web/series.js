// What was published minute by minute of the nation or a province, for the curve.
import { useDocument } from "./document.js";

const RENEW_MS = 60000; // the server adds a point a minute
const MINUTE_MS = 60000;
const POINTS_MAX = 1440; // that the server gives at once

function pathOf(code, query) {
  return `/v1/series?${new URLSearchParams({ area: code, ...query })}`;
}

// { rounds, isOfDay, points: [{ time, percent }] } of an area, with what is shown of it `now` behind; null before it has come, and
// of an area that has no series. `isOfDay` says that the points lie between the opening and the closing of the polls: where there
// are none, as in a rehearsal on another day, they are those of the last 24 hours.
export function useSeries(code, election, now) {
  const { opens, closes } = election;
  const minutes = (Date.parse(closes) - Date.parse(opens)) / MINUTE_MS;
  const step = Math.max(1, Math.ceil(minutes / POINTS_MAX));
  const day = useDocument(code && pathOf(code, { from: opens, to: closes, step }), RENEW_MS).document;
  const isOfDay = day === null || day.points.length > 0;
  const latest = useDocument(isOfDay ? null : pathOf(code, {}), RENEW_MS).document;
  const document = isOfDay ? day : latest;
  if (!document) {
    return null;
  }
  const points = document.points.map(({ time, percent }) => ({ time: Date.parse(time), percent }));
  const newest = points[points.length - 1]?.time ?? 0;
  const end = isOfDay && points.length > 0 ? Date.parse(closes) : Infinity;
  if (now && now.percent !== null && now.time > newest && now.time <= end) {
    points.push(now);
  }
  return { rounds: document.rounds ?? [], isOfDay, points: points.filter(({ percent }) => percent !== null) };
}
