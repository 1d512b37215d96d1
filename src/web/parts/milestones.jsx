import { AreaLink } from "../address.jsx";
import { isComplete } from "../classes.js";
import { useLanguage } from "../language.jsx";
import { Bar } from "./bar.jsx";

const NEAR_PERCENT = 90; // from here on it is of interest who is nearly done; before, who is fast
const NEAR = 3;
const SLOW = 5;

const byPercent = (a, b) => a.percent - b.percent || b.remaining - a.remaining;

// In the order in which they were; one that is so just now is told of a moment later.
const byCompletion = (a, b) => ((a.reached_100_at ?? "~") < (b.reached_100_at ?? "~") ? -1 : 1);

function Complete({ areas }) {
  const { say, name, minute } = useLanguage();
  return (
    <>
      <h3>{say("provinces.complete")}</h3>
      <ul class="lines">
        {areas.map((area) => (
          <li key={area.code}>
            <AreaLink area={area.code}>{name(area)}</AreaLink> <b>{area.reached_100_at ? minute(area.reached_100_at) : "100"}</b>
          </li>
        ))}
        {areas.length === 0 && (
          <li>
            <span class="soft">{say("none.yet")}</span>
          </li>
        )}
      </ul>
    </>
  );
}

export function Milestones({ nation, provinces }) {
  const { say, name, count, percent } = useLanguage();
  const counted = provinces.filter((area) => area.percent !== null && area.units_reported > 0);
  const incomplete = counted.filter((area) => !isComplete(area)).sort(byPercent);
  const isNear = nation.percent >= NEAR_PERCENT;
  const first = isNear ? [...incomplete].sort((a, b) => a.remaining - b.remaining) : [...incomplete].reverse();
  return (
    <section class="marks" aria-label={say("milestones")}>
      <div>
        <Complete areas={counted.filter(isComplete).sort(byCompletion)} />
        <h3>{say(isNear ? "nearest" : "fastest")}</h3>
        <ol class="lines">
          {first.slice(0, NEAR).map((area) => (
            <li key={area.code}>
              <AreaLink area={area.code}>{name(area)}</AreaLink>{" "}
              {isNear ? <span class="num">{say("left", count(area.remaining))}</span> : <b>{percent(area.percent)}</b>}
            </li>
          ))}
        </ol>
      </div>
      <div>
        <h3>{say("slowest")}</h3>
        <Shortest areas={incomplete.slice(0, SLOW)} />
      </div>
      {nation.communes_complete !== null && (
        <div>
          <h3>{say("communes.complete")}</h3>
          <p class="big">
            <b>{count(nation.communes_complete)}</b> <span class="soft">/ {count(nation.communes)}</span>
          </p>
          <Bar percent={(100 * nation.communes_complete) / Math.max(1, nation.communes)} />
          <p class="small soft">{say("complete.means")}</p>
        </div>
      )}
    </section>
  );
}

// Areas with how far they are and how many voters are missing.
export function Shortest({ areas }) {
  const { say, name, count, percent } = useLanguage();
  return (
    <ol class="lines lines--three">
      {areas.map((area) => (
        <li key={area.code}>
          <AreaLink area={area.code}>{name(area)}</AreaLink> <b>{percent(area.percent)}</b>{" "}
          <span class="soft num">{say("left", count(area.remaining))}</span>
        </li>
      ))}
    </ol>
  );
}
