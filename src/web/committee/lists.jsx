// The lists of an area: who was not heard in a round, who owes a final, what broke a rule, what was refused, all of a commune.
import { useState } from "preact/hooks";
import { useLanguage } from "../language.jsx";
import { hashOf } from "./address.js";
import { useList } from "./desk.js";
import { roundAt, RoundLinks } from "./rounds.jsx";
import { Square } from "./squares.jsx";
import { UnitList } from "./unit_list.jsx";

// The area of the address, else the token's.
export const areaOf = (desk, address) => address.query.area ?? desk.about.token.area.code;

function Total({ word, list, children }) {
  const { say, count } = useLanguage();
  return (
    <dl class="tally">
      <div class="first">
        <dt>
          {children} {say(word)}
        </dt>
        <dd>{list.rows ? count(list.total) : "…"}</dd>
      </div>
    </dl>
  );
}

// `#/silent/4?area=46`; of round 0 those that have never been heard.
export function Silent({ desk, address }) {
  const { say, minute } = useLanguage();
  const { rounds } = desk.about.election;
  const round = address.argument === undefined ? roundAt(rounds, desk.now()) : Number(address.argument);
  const area = areaOf(desk, address);
  const list = useList(desk, `/v1/areas/${area}/silent${round > 0 ? `?round=${round}` : ""}`, "units");
  const title = round > 0 && rounds[round - 1] ? say("silent.in", minute(rounds[round - 1])) : say("never.heard");
  return (
    <section aria-labelledby="list">
      <header>
        <h1 id="list">
          {title} {address.query.area && <span class="soft">{address.query.area}</span>}
        </h1>
        <RoundLinks desk={desk} view="silent" chosen={round} query={address.query} withNever />
      </header>
      <Total word="silent.units" list={list}>
        <Square state="silent" />
      </Total>
      <UnitList list={list} show={["telephone", "status", "last", "voted", "registered"]} label={title} find={address.query.find ?? ""} change={address.change} saveAs={`silent-${round}.csv`} />
    </section>
  );
}

// `#/owing`, `#/flagged`, `#/refused`: lists that need nothing but an area.
const plain = {
  owing: { rows: "units", show: ["telephone", "status", "last", "voted", "registered"], saveAs: "owing.csv" },
  flagged: { rows: "flagged", show: ["why", "received", "claimed", "telephone"], isTall: true },
  refused: { rows: "refused", show: ["why", "received", "claimed", "telephone"], isTall: true },
};

export function PlainList({ desk, address, view }) {
  const { say } = useLanguage();
  const { rows, show, saveAs, isTall } = plain[view];
  const list = useList(desk, `/v1/areas/${areaOf(desk, address)}/${view}`, rows);
  return (
    <section aria-labelledby="list">
      <header>
        <h1 id="list">{say(`${view}.title`)}</h1>
        <p class="small soft">{say(`${view}.what`)}</p>
      </header>
      <Total word={`${view}.units`} list={list} />
      <UnitList list={list} show={show} label={say(`${view}.title`)} find={address.query.find ?? ""} change={address.change} saveAs={saveAs} isTall={isTall} />
    </section>
  );
}

// The units of a commune, with what stands of each.
export function Commune({ desk, address, area }) {
  const { say } = useLanguage();
  const list = useList(desk, `/v1/areas/${area}/units`, "units");
  return <UnitList list={list} show={["telephone", "status", "last", "voted", "registered"]} label={say("units.of", area)} find={address.query.find ?? ""} change={address.change} />;
}

// `#/units`: a unit by its code, or `#/units?area=0101` those of a commune.
export function Units({ desk, address }) {
  const { say } = useLanguage();
  const [code, setCode] = useState("");
  const { area } = desk.about.token;
  const commune = address.query.area ?? (area.level === "commune" ? area.code : undefined);
  return (
    <section aria-labelledby="list">
      <h1 id="list">{commune ? say("units.of", commune) : say("unit.find")}</h1>
      <form
        class="find find--unit"
        onSubmit={(event) => {
          event.preventDefault();
          if (code.trim() !== "") {
            location.hash = hashOf("unit", code.trim());
          }
        }}
      >
        <label for="code">{say("unit.code")}</label>
        <input id="code" type="search" autocomplete="off" value={code} onInput={(event) => setCode(event.currentTarget.value)} />
        <button class="button" type="submit">
          {say("card.open")}
        </button>
      </form>
      {commune && <Commune desk={desk} address={address} area={commune} />}
    </section>
  );
}
