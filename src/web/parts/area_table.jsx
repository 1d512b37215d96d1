// A table of areas: sorted by any column, searched without accents; both stand in the address.
import { useRef } from "preact/hooks";
import { AreaLink, useAddress } from "../address.jsx";
import { isComplete } from "../classes.js";
import { fold, useLanguage } from "../language.jsx";
import { Bar } from "./bar.jsx";

// What a column is sorted by, and which way at first. Where there is no figure the row goes to the end.
const columns = {
  name: { order: "ascending" },
  percent: { order: "descending", value: (area) => area.percent },
  voted: { order: "descending", value: (area) => area.voted },
  registered: { order: "descending", value: (area) => area.registered },
  remaining: { order: "descending", value: (area) => area.remaining },
  reported: { order: "ascending", value: (area) => area.units_reported },
};

function sorted(areas, sort, order, { collator, name }) {
  const sign = order === "descending" ? -1 : 1;
  if (sort === "name") {
    return [...areas].sort((a, b) => sign * collator.compare(name(a), name(b)));
  }
  const value = columns[sort]?.value;
  if (!value) {
    return areas; // in the order of the register
  }
  return [...areas].sort((a, b) => {
    if (value(a) === null || value(b) === null) {
      return (value(a) === null) - (value(b) === null);
    }
    return sign * (value(a) - value(b));
  });
}

function matches(area, folded) {
  return [area.name, area.name_en ?? "", area.code].some((text) => fold(text).includes(folded));
}

function Head({ sort, title, ...more }) {
  const { address, change } = useAddress();
  const isChosen = address.sort === sort;
  const { order } = columns[sort];
  const other = { ascending: "descending", descending: "ascending" };
  return (
    <th scope="col" aria-sort={isChosen ? address.order : undefined} {...more}>
      <button type="button" onClick={() => change({ sort, order: isChosen ? other[address.order] : order })}>
        {title}
      </button>
    </th>
  );
}

function Row({ area, mostRemaining }) {
  const { say, name, count, number } = useLanguage();
  const shown = (value) => (value === null ? "–" : count(value));
  const title = (
    <th scope="row">
      <AreaLink area={area.code}>{name(area)}</AreaLink>
    </th>
  );
  const reported = (
    <td class="num wideonly">
      {shown(area.units_reported)} / {count(area.units)}
    </td>
  );
  if (!area.verified) {
    return (
      <tr class="unsure">
        {title}
        <td colSpan={6}>
          <span class="stamp stamp--hold">{say("verifying")}</span> {say("verifying.why")}
        </td>
        {reported}
      </tr>
    );
  }
  return (
    <tr>
      {title}
      <td class="num pct">{area.percent === null ? "–" : number(area.percent)}</td>
      <td class="barcell">{area.percent !== null && <Bar percent={area.percent} />}</td>
      <td class="num wideonly">{shown(area.voted)}</td>
      <td class="num wideonly">{shown(area.registered)}</td>
      <td class="num left">{isComplete(area) ? say("complete") : shown(area.remaining)}</td>
      <td class="barcell wideonly">
        {area.remaining > 0 && <Bar class="bar bar--gap" percent={(100 * area.remaining) / mostRemaining} />}
      </td>
      {reported}
    </tr>
  );
}

// The rows in order. While the pointer or the focus is among them they stay where they are, whatever the figures do.
function useOrder(areas, address, language) {
  const order = useRef({ key: "", codes: [] });
  const isHeld = useRef(false);
  const key = [address.sort, address.order, language.language, areas.map((area) => area.code)].join();
  if (order.current.key !== key || !isHeld.current) {
    const codes = sorted(areas, address.sort, address.order, language).map((area) => area.code);
    order.current = { key, codes };
  }
  const byCode = new Map(areas.map((area) => [area.code, area]));
  const hold = () => (isHeld.current = true);
  const release = () => (isHeld.current = false);
  return {
    rows: order.current.codes.map((code) => byCode.get(code)),
    holding: { onPointerEnter: hold, onPointerLeave: release, onFocusIn: hold, onFocusOut: release },
  };
}

export function AreaTable({ title, nameTitle, areas }) {
  const { address, change } = useAddress();
  const language = useLanguage();
  const { say } = language;
  const { rows, holding } = useOrder(areas, address, language);
  const wanted = fold(address.find.trim());
  const found = rows.filter((area) => matches(area, wanted));
  const mostRemaining = Math.max(1, ...areas.map((area) => area.remaining ?? 0));
  return (
    <section class="provinces" aria-labelledby="table">
      <header>
        <h2 id="table">{title}</h2>
        <p class="find">
          <label for="find">{say("find")}</label>
          <input
            id="find"
            type="search"
            autocomplete="off"
            placeholder={say("find.hint")}
            value={address.find}
            onInput={(event) => change({ find: event.currentTarget.value })}
          />
        </p>
      </header>
      <table class="data" aria-labelledby="table">
        <thead>
          <tr>
            <Head sort="name" title={nameTitle} />
            <Head sort="percent" title="%" class="num pct" />
            <td class="barcell" />
            <Head sort="voted" title={say("voted")} class="num wideonly" />
            <Head sort="registered" title={say("registered")} class="num wideonly" />
            <Head sort="remaining" title={say("remaining.column")} class="num left" />
            <td class="barcell wideonly" />
            <Head sort="reported" title={say("reported.column")} class="num wideonly" />
          </tr>
        </thead>
        <tbody {...holding}>
          {found.map((area) => (
            <Row key={area.code} area={area} mostRemaining={mostRemaining} />
          ))}
        </tbody>
      </table>
      {found.length === 0 && <p class="soft">{say("found.none")}</p>}
      <p class="small soft narrowonly">{say("turn")}</p>
    </section>
  );
}
