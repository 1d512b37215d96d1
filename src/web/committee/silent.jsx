// Units that have not been heard in a round, with their telephone numbers.
import { useEffect, useState } from "preact/hooks";
import { fold, useLanguage } from "../language.jsx";
import { Fault } from "./fault.jsx";
import { Rows } from "./rows.jsx";
import { UnitLink } from "./unit.jsx";

// The round that should have been heard of: the last one whose time has passed.
export function roundAt(rounds, now) {
  return rounds.filter((round) => Date.parse(round) <= Date.parse(now)).length;
}

// All pages of the list, one after the other.
function useSilent(desk, round, turn) {
  const [state, setState] = useState({ units: null });
  useEffect(() => {
    let isOver = false;
    async function read() {
      setState({ units: null });
      const query = round > 0 ? `round=${round}&` : "";
      const units = [];
      let after = "";
      do {
        const page = await desk.ask(`/v1/areas/${desk.about.token.area.code}/silent?${query}limit=1000${after}`);
        units.push(...page.units);
        after = page.next && `&after=${encodeURIComponent(page.next)}`;
      } while (after && !isOver);
      if (!isOver) {
        setState({ units });
      }
    }
    read().catch((problem) => !isOver && setState({ units: null, problem }));
    return () => (isOver = true);
  }, [desk, round, turn]);
  return state;
}

// A cell that a spreadsheet cannot take for a formula.
function cellOf(text) {
  const value = /^[=+\-@\t]/.test(text) ? `'${text}` : text;
  return /[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

function save(units, name) {
  const rows = units.map((unit) => [unit.unit, unit.name, unit.commune, unit.contact ?? "", String(unit.seq), unit.as_of ?? ""]);
  const lines = [["unit", "name", "commune", "contact", "seq", "as_of"], ...rows].map((row) => `${row.map(cellOf).join(",")}\r\n`);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(["\ufeff", ...lines], { type: "text/csv" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

export function Silent({ desk, round, find, go }) {
  const { say, count, time, minute } = useLanguage();
  const { rounds } = desk.about.election;
  const chosen = round ?? roundAt(rounds, desk.about.now);
  const [turn, setTurn] = useState(0);
  const { units, problem } = useSilent(desk, chosen, turn);
  const wanted = fold(find);
  const found = units?.filter((unit) => [unit.unit, unit.name, unit.commune].some((text) => fold(text).includes(wanted)));
  const address = (changes) => {
    const { round: which = chosen, find: what = find } = changes;
    return `#/silent/${which}${what ? `?find=${encodeURIComponent(what)}` : ""}`;
  };
  return (
    <section aria-labelledby="silent">
      <header>
        <h1 id="silent">{chosen > 0 ? say("round", minute(rounds[chosen - 1])) : say("never.heard")}</h1>
        <nav aria-label={say("rounds.nav")}>
          <ul class="rounds">
            {[0, ...rounds.keys()].map((index, position) => {
              const number = position === 0 ? 0 : index + 1;
              return (
                <li key={number}>
                  <a href={address({ round: number })} aria-current={number === chosen ? "true" : undefined}>
                    {number === 0 ? say("ever") : minute(rounds[index])}
                  </a>
                </li>
              );
            })}
          </ul>
        </nav>
      </header>
      <dl class="tally">
        <div class="first">
          <dt>
            <svg class="cell" viewBox="0 0 10 10" aria-hidden="true">
              <rect class="box box--silent" x="1" y="1" width="8" height="8" />
            </svg>{" "}
            {say("silent.units")}
          </dt>
          <dd>{units ? count(units.length) : "…"}</dd>
        </div>
      </dl>
      <Fault problem={problem} />
      {units && (
        <>
          <header class="toolbar-row">
            <p class="find">
              <label for="find">{say("find")}</label>
              <input id="find" type="search" autocomplete="off" placeholder={say("find.hint")} value={find} onInput={(event) => go(address({ find: event.currentTarget.value }))} />
            </p>
            <p>
              <button type="button" class="plain" onClick={() => setTurn(turn + 1)}>
                {say("ask.anew")}
              </button>{" "}
              <button type="button" class="plain" onClick={() => save(units, `silent-${chosen}.csv`)}>
                {say("save.phones")}
              </button>
            </p>
          </header>
          <table class="data long" aria-labelledby="silent">
            <thead>
              <tr>
                <th scope="col">{say("unit.column")}</th>
                <th scope="col">{say("telephone")}</th>
                <th scope="col" class="wideonly">
                  {say("last.heard")}
                </th>
                <th scope="col" class="num wideonly">
                  {say("voted")}
                </th>
                <th scope="col" class="num">
                  {say("registered")}
                </th>
              </tr>
            </thead>
            <Rows
              items={found}
              columns={5}
              row={(unit) => (
                <tr key={unit.unit}>
                  <th scope="row">
                    <UnitLink code={unit.unit}>
                      {unit.unit} <span class="soft">{unit.name}</span>
                    </UnitLink>
                  </th>
                  <td>{unit.contact ? <a href={`tel:${unit.contact.replace(/[^+\d]/g, "")}`}>{unit.contact}</a> : "–"}</td>
                  <td class="wideonly">{unit.as_of ? time(unit.as_of) : say("never")}</td>
                  <td class="num wideonly">{unit.seq > 0 ? count(unit.voted) : "–"}</td>
                  <td class="num">{count(unit.registered)}</td>
                </tr>
              )}
            />
          </table>
        </>
      )}
    </section>
  );
}
