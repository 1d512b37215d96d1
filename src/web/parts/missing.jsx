// Of a province: in which communes voters are missing, and where it is in the country.
import { classOf, isComplete } from "../classes.js";
import { useLanguage } from "../language.jsx";
import { Shortest } from "./milestones.jsx";
import { Scale } from "./scale.jsx";
import { Locator } from "./province_map.jsx";

const SHOWN = 10;

export function Missing({ area, communes, nation }) {
  const { say, count, time } = useLanguage();
  const counted = communes.filter((commune) => commune.percent !== null && classOf(commune) !== "q0");
  const incomplete = counted.filter((commune) => !isComplete(commune)).sort((a, b) => b.remaining - a.remaining);
  const ranked = nation?.provinces.filter((province) => province.percent !== null);
  const rank = ranked && area.percent !== null && 1 + ranked.filter((province) => province.percent > area.percent).length;
  return (
    <section class="map" aria-labelledby="missing">
      <header>
        <h2 id="missing">{say("where.missing")}</h2>
      </header>
      <div class="missing">
        <div>
          <h3>
            {isComplete(area)
              ? say("all.complete", count(communes.length))
              : say("incomplete.of", count(communes.filter((commune) => !isComplete(commune)).length), count(communes.length))}
          </h3>
          <Shortest areas={incomplete.slice(0, SHOWN)} />
          <Scale areas={communes} title={say("communes.by.class")} />
        </div>
        {nation && (
          <div class="where">
            <Locator election={nation.election} provinces={nation.provinces} code={area.code} />
            {rank && area.as_of && <p>{say("rank", count(rank), count(nation.provinces.length), time(area.as_of))}</p>}
          </div>
        )}
      </div>
    </section>
  );
}
