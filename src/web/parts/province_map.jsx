import { AreaLink, useAddress } from "../address.jsx";
import { classOf, isComplete } from "../classes.js";
import { useLanguage } from "../language.jsx";
import { islandsOf, mapOf, outlineOf } from "../maps.js";
import { Choice } from "./choices.jsx";
import { OutlineMap } from "./outline_map.jsx";
import { Scale } from "./scale.jsx";

const at = (row, column) => ({ gridRow: row + 1, gridColumn: column + 1 });

function Tile({ area, place }) {
  const { say, name, number } = useLanguage();
  const kind = classOf(area);
  const words = { unsure: say("tile.verifying"), q0: say("tile.silent"), none: say("tile.none") };
  return (
    <li style={at(...place)}>
      <AreaLink area={area.code} class={`tile ${kind}`}>
        <span>{name(area)}</span>{" "}
        <b>
          {words[kind] ?? number(area.percent)}
          {!words[kind] && <span class="vh"> %</span>}
        </b>
        {isComplete(area) && <span class="vh">{say("complete")}</span>}
      </AreaLink>
    </li>
  );
}

function Tiles({ map, provinces }) {
  const { say, name } = useLanguage();
  const nameOf = (province) => name(provinces.find(({ code }) => code === province));
  return (
    <div class={map.isMap ? "tilemap" : "tilemap tilemap--plain"}>
      <ul class="tiles">
        {provinces.map((area) => (
          <Tile key={area.code} area={area} place={map.places[area.code]} />
        ))}
        {map.islands.map((island) => (
          <li key={island.name} class="islands" style={at(island.row, island.column)}>
            <span>
              {name(island)}
              <span class="vh"> ({nameOf(island.province)})</span>
            </span>
          </li>
        ))}
      </ul>
      <Scale areas={provinces} title={say("provinces.by.class")} />
    </div>
  );
}

export function ProvinceMap({ election, provinces }) {
  const { say } = useLanguage();
  const { address, change } = useAddress();
  const outline = outlineOf(election);
  const isOutline = outline && address.map === "outline";
  return (
    <section class="map" aria-labelledby="map">
      <header>
        <h2 id="map">
          {say("by.province")} <span class="soft small">%</span>
        </h2>
        {outline && change && (
          <Choice
            name="map"
            title={say("drawn.as")}
            options={[
              ["tiles", say("drawn.tiles")],
              ["outline", say("drawn.outline")],
            ]}
            chosen={isOutline ? "outline" : "tiles"}
            choose={(map) => change({ map })}
          />
        )}
      </header>
      {isOutline ? <OutlineMap path={outline} provinces={provinces} islands={islandsOf(election)} /> : <Tiles map={mapOf(election, provinces)} provinces={provinces} />}
    </section>
  );
}

// The same in small, without figures: where one province is.
export function Locator({ election, provinces, code }) {
  const { say } = useLanguage();
  const map = mapOf(election, provinces);
  if (!map.isMap) {
    return null;
  }
  const rows = 1 + Math.max(...Object.values(map.places).map(([row]) => row));
  return (
    <svg class="locator" viewBox={`0 0 ${13 * map.columns} ${13 * rows}`} role="img" aria-label={say("locator")}>
      {Object.entries(map.places).map(([province, [row, column]]) => (
        <rect
          key={province}
          class={province === code ? "on" : "box box--excused"}
          x={13 * column + 1}
          y={13 * row + 1}
          width="10"
          height="10"
        />
      ))}
    </svg>
  );
}
