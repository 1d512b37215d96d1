// A long list of units: found by name or code, asked for anew, its telephone numbers saved; a filter in the address.
import { fold, useLanguage } from "../language.jsx";
import { hashOf } from "./address.js";
import { Fault } from "./fault.jsx";
import { Rows } from "./rows.jsx";
import { saveCsv } from "./save.js";

const ROW_PX = 36; // `.long tr` in turnout.css
const TALL_ROW_PX = 64; // `.long--tall tr`
const savedFields = ["unit", "name", "commune", "contact", "status", "seq", "as_of"];

export function UnitLink({ code, children }) {
  return <a href={hashOf("unit", code)}>{children}</a>;
}

export function Phone({ number }) {
  return number ? <a href={`tel:${number.replace(/[^+\d]/g, "")}`}>{number}</a> : "–";
}

// What columns there may be. `wide` ones go where there is no room.
const columns = {
  telephone: { title: "telephone", cell: (row) => <Phone number={row.contact} /> },
  status: { title: "state", wide: true, cell: (row, { say, minute }) => (row.status ? say(`status.${row.status}`, row.into ?? (row.until && minute(row.until))) : "") },
  last: { title: "last.heard", wide: true, cell: (row, { say, time }) => (row.as_of ? time(row.as_of) : say("never")) },
  received: { title: "column.received", wide: true, cell: (row, { time }) => time(row.received) },
  voted: { title: "voted", number: true, cell: (row, { count }) => (row.seq > 0 ? count(row.voted) : "–") },
  claimed: { title: "voted", wide: true, number: true, cell: (row, { count }) => count(row.voted) },
  registered: { title: "registered", wide: true, number: true, cell: (row, { count }) => count(row.registered) },
  why: {
    title: "column.why",
    name: "why",
    cell: (row, { say, knows }) => (
      <span class="clamped" title={row.detail}>
        {(row.code ?? row.flags)
          .split(",")
          .map((code) => (knows(`code.${code}`) ? say(`code.${code}`) : (row.detail ?? code)))
          .join(" ")}
      </span>
    ),
  },
};

// `list` is what useList() gives; `show` names the columns behind the unit's own.
export function UnitList({ list, show, label, find, change, saveAs, isTall }) {
  const language = useLanguage();
  const { say, count, time } = language;
  const wanted = fold(find);
  const found = list.rows?.filter((row) => [row.unit, row.name, row.commune].some((text) => fold(text).includes(wanted)));
  const rowPx = isTall ? TALL_ROW_PX : ROW_PX;
  const classOf = ({ name, wide, number }) => [name, wide && "wideonly", number && "num"].filter(Boolean).join(" ");
  if (!list.rows) {
    return list.problem ? <Fault problem={list.problem} /> : <p>{say("loading")}</p>;
  }
  return (
    <>
      <header class="toolbar-row">
        <p class="find">
          <label for="find">{say("find")}</label>
          <input id="find" type="search" autocomplete="off" placeholder={say("find.hint")} value={find} onInput={(event) => change({ find: event.currentTarget.value })} />
        </p>
        <p>
          <span class="soft">{say("asked.at", time(list.at))}</span>{" "}
          <button type="button" class="plain" onClick={list.ask}>
            {say("ask.anew")}
          </button>{" "}
          {saveAs && (
            <button type="button" class="plain" onClick={() => saveCsv(list.rows, savedFields, saveAs)}>
              {say("save.phones")}
            </button>
          )}
        </p>
      </header>
      {list.total > list.rows.length && <p class="error">{say("list.cut", count(list.rows.length))}</p>}
      <table class={isTall ? "data long long--tall" : "data long"} aria-label={label}>
        <thead>
          <tr>
            <th scope="col">{say("unit.column")}</th>
            {show.map((name) => (
              <th key={name} scope="col" class={classOf(columns[name])}>
                {say(columns[name].title)}
              </th>
            ))}
          </tr>
        </thead>
        <Rows
          items={found}
          columns={show.length + 1}
          rowPx={rowPx}
          row={(row) => (
            <tr key={`${row.unit}.${row.seq}`}>
              <th scope="row">
                <UnitLink code={row.unit}>
                  {row.unit} <span class="soft">{row.name}</span>
                </UnitLink>
              </th>
              {show.map((name) => (
                <td key={name} class={classOf(columns[name])}>
                  {columns[name].cell(row, language)}
                </td>
              ))}
            </tr>
          )}
        />
      </table>
      {found.length === 0 && <p class="soft">{say(list.rows.length === 0 ? "list.empty" : "found.none")}</p>}
    </>
  );
}
