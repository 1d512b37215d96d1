// The ledger, `#/ledger?find=…`: what was changed, before and after, why, and who has changed it; the newest first.
import { useEffect, useState } from "preact/hooks";
import { fold, useLanguage } from "../language.jsx";
import { Fault } from "./fault.jsx";
import { UnitLink } from "./unit_list.jsx";

// Page after page of it, as they are asked for.
function usePages(desk) {
  const [state, setState] = useState({ entries: [], next: undefined });
  async function more(old) {
    const { area } = desk.about.token;
    try {
      const page = await desk.ask(`/v1/areas/${area.code}/ledger${old.next ? `?after=${encodeURIComponent(old.next)}` : ""}`);
      setState({ entries: [...old.entries, ...page.ledger], next: page.next });
    } catch (problem) {
      setState({ ...old, problem });
    }
  }
  const anew = () => more({ entries: [] });
  useEffect(() => {
    anew();
  }, [desk.token]);
  return { ...state, more: () => more(state), anew };
}

function Entry({ entry }) {
  const { say, knows, count, date, time } = useLanguage();
  const value = (given) => (typeof given === "number" ? count(given) : given === null ? "–" : knows(`${entry.kind}.${given}`) ? say(`${entry.kind}.${given}`) : given);
  const reason = entry.reason && knows(`why.${entry.reason}`) ? say(`why.${entry.reason}`) : entry.reason;
  return (
    <tr>
      <td class="nowrap">
        {time(entry.when)} <span class="soft">{date(entry.when)}</span>
      </td>
      <td>{say(`ledger.${entry.kind}`)}</td>
      <td>{entry.unit ? <UnitLink code={entry.unit}>{entry.unit}</UnitLink> : entry.area}</td>
      <td class="num">
        {value(entry.before)} → <b>{value(entry.after)}</b>
      </td>
      <td>{reason}</td>
      <td>{entry.who ?? say("ledger.unit")}</td>
    </tr>
  );
}

export function Ledger({ desk, address }) {
  const { say, knows } = useLanguage();
  const { entries, next, problem, more, anew } = usePages(desk);
  const { find = "" } = address.query;
  const textsOf = (entry) => [entry.unit, entry.area, entry.reason, entry.who, say(`ledger.${entry.kind}`), knows(`why.${entry.reason}`) && say(`why.${entry.reason}`)];
  const found = entries.filter((entry) => textsOf(entry).some((text) => text && fold(text).includes(fold(find))));
  return (
    <section aria-labelledby="ledger">
      <header>
        <h1 id="ledger">{say("view.ledger")}</h1>
        <p class="small soft">{say("ledger.what")}</p>
      </header>
      <header class="toolbar-row">
        <p class="find">
          <label for="find">{say("find")}</label>
          <input id="find" type="search" autocomplete="off" placeholder={say("find.hint")} value={find} onInput={(event) => address.change({ find: event.currentTarget.value })} />
        </p>
        <p>
          <button type="button" class="plain" onClick={anew}>
            {say("ask.anew")}
          </button>
        </p>
      </header>
      <Fault problem={problem} />
      <div class="scroll" tabIndex={0} role="region" aria-label={say("ledger.entries")}>
        <table class="data ledger">
          <thead>
            <tr>
              {["when", "what", "whose", "change", "why", "who"].map((name) => (
                <th key={name} scope="col" class={name === "change" ? "num" : undefined}>
                  {say(`ledger.column.${name}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {found.map((entry, index) => (
              <Entry key={index} entry={entry} />
            ))}
          </tbody>
        </table>
      </div>
      {found.length === 0 && next === null && <p class="soft">{say(entries.length === 0 ? "list.empty" : "found.none")}</p>}
      {next && (
        <p>
          <button type="button" class="button" onClick={more}>
            {say("ledger.more")}
          </button>
        </p>
      )}
    </section>
  );
}
