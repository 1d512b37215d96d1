// The provinces as they lie, fetched when somebody wants to see them so. The figures have no decimals here, and
// are never rounded up; the smallest shapes have room for none, and tell theirs when pointed at or read.
import { useEffect, useState } from "preact/hooks";
import { AreaLink } from "../address.jsx";
import { classOf } from "../classes.js";
import { useLanguage } from "../language.jsx";
import { Scale } from "./scale.jsx";

function Province({ area, shape }) {
  const { say, name, count, percent } = useLanguage();
  const kind = classOf(area);
  const words = { unsure: say("class.verifying"), q0: say("class.silent"), none: say("tile.none") };
  return (
    <AreaLink area={area.code} class={kind} aria-label={`${name(area)}: ${words[kind] ?? percent(area.percent)}`}>
      <title>{`${name(area)}: ${words[kind] ?? percent(area.percent)}`}</title>
      <g>
        <path d={shape.path} />
        <path d={shape.path} />
      </g>
      {shape.label && !words[kind] && (
        <text x={shape.label[0]} y={shape.label[1]} aria-hidden="true">
          {count(Math.floor(area.percent))}
        </text>
      )}
    </AreaLink>
  );
}

export function OutlineMap({ path, provinces, islands }) {
  const { say, name } = useLanguage();
  const [outline, setOutline] = useState(null);
  useEffect(() => {
    fetch(path)
      .then((response) => response.json())
      .then(setOutline, () => setOutline(null));
  }, [path]);
  if (!outline) {
    return <p class="soft">{say("loading")}</p>;
  }
  return (
    <>
      <svg class="outline" viewBox={outline.viewBox} role="group" aria-labelledby="map">
        {provinces.map((area) => outline.shapes[area.code] && <Province key={area.code} area={area} shape={outline.shapes[area.code]} />)}
        {islands.map((island) => (
          <text key={island.outline} class="outline__islands" x={outline.islands[island.outline][0]} y={outline.islands[island.outline][1] - 18}>
            {name(island)}
          </text>
        ))}
      </svg>
      <Scale areas={provinces} title={say("provinces.by.class")} />
      <p class="small soft">{say("drawn.source", <a href="https://www.npmjs.com/package/@svg-maps/vietnam">@svg-maps/vietnam</a>)}</p>
    </>
  );
}
