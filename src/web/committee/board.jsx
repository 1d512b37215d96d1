// The round board, `#/board/4?area=46`: of an area and those in it, how many units were heard in time, late, or not at all.
import { fold, useLanguage } from "../language.jsx";
import { hashOf } from "./address.js";
import { useAnswer } from "./desk.js";
import { Fault } from "./fault.jsx";
import { areaOf, Commune } from "./lists.jsx";
import { roundAt, RoundLinks } from "./rounds.jsx";
import { Square, Squares } from "./squares.jsx";

const AGAIN_MS = 10000;
const counts = ["silent", "late", "no_signal", "on_time"];
const classOf = (name) => (name === "silent" || name === "late" ? "num" : "num wideonly");

function Tally({ row }) {
  const { say, count } = useLanguage();
  const shown = (value) => (value === null ? "–" : count(value));
  return (
    <dl class="tally">
      {counts.map((name) => (
        <div key={name} class={name === "silent" ? "first" : undefined}>
          <dt>
            <Square state={name} /> {say(`board.${name}`)}
          </dt>
          <dd>{shown(row[name])}</dd>
        </div>
      ))}
      <div>
        <dt>{say("board.expected")}</dt>
        <dd>{count(row.expected)}</dd>
      </div>
    </dl>
  );
}

function Head({ name, title, sort, address, ...more }) {
  const [by, order] = sort;
  const isChosen = by === name;
  const first = name === "name" ? "ascending" : "descending";
  const next = !isChosen ? first : order === "ascending" ? "descending" : "ascending";
  return (
    <th scope="col" aria-sort={isChosen ? order : undefined} {...more}>
      <button type="button" onClick={() => address.change({ sort: name, order: next })}>
        {title}
      </button>
    </th>
  );
}

function sorted(rows, [by, order], { collator }) {
  const sign = order === "descending" ? -1 : 1;
  const compare = by === "name" ? (a, b) => collator.compare(a.name, b.name) : (a, b) => (a[by] ?? -1) - (b[by] ?? -1);
  return [...rows].sort((a, b) => sign * compare(a, b));
}

function Row({ row, round, hasSquares }) {
  const { say, count } = useLanguage();
  const number = (name) => (row[name] === null ? "–" : count(row[name]));
  const link = row.level === "commune" ? hashOf("units", undefined, { area: row.code }) : hashOf("board", round, { area: row.code });
  return (
    <tr>
      <th scope="row">
        <a href={link}>{row.name}</a>
      </th>
      <td class={row.silent > 0 ? "num silent" : "num none"}>
        {row.silent > 0 ? (
          <a href={hashOf("silent", round, { area: row.code })} aria-label={say("board.silent.of", count(row.silent), row.name)}>
            {count(row.silent)}
          </a>
        ) : (
          number("silent")
        )}
      </td>
      {counts.slice(1).map((name) => (
        <td key={name} class={classOf(name)}>
          {number(name)}
        </td>
      ))}
      {hasSquares && (
        <td class="strip">
          <Squares row={row} />
        </td>
      )}
    </tr>
  );
}

function Table({ rows, round, address }) {
  const language = useLanguage();
  const { say } = language;
  const { find = "", sort = "silent", order = "descending" } = address.query;
  const found = sorted(rows, [sort, order], language).filter((row) => [row.code, row.name].some((text) => fold(text).includes(fold(find))));
  const hasSquares = rows.every((row) => row.level === "commune");
  const head = { sort: [sort, order], address };
  return (
    <section aria-labelledby="by">
      <header>
        <h2 id="by">
          {say(rows[0].level === "commune" ? "board.communes" : "board.provinces")}
        </h2>
        <p class="find">
          <label for="find">{say("find")}</label>
          <input id="find" type="search" autocomplete="off" placeholder={say("find.hint")} value={find} onInput={(event) => address.change({ find: event.currentTarget.value })} />
        </p>
      </header>
      <table class="data board" aria-labelledby="by">
        <thead>
          <tr>
            <Head name="name" title={say(rows[0].level)} {...head} />
            {counts.map((name) => (
              <Head key={name} name={name} title={say(`board.${name}.column`)} class={classOf(name)} {...head} />
            ))}
            {hasSquares && <td class="strip soft">{say("board.squares")}</td>}
          </tr>
        </thead>
        <tbody>
          {found.map((row) => (
            <Row key={row.code} row={row} round={round} hasSquares={hasSquares} />
          ))}
        </tbody>
      </table>
      {found.length === 0 && <p class="soft">{say("found.none")}</p>}
    </section>
  );
}

export function Board({ desk, address }) {
  const { say, minute } = useLanguage();
  const { rounds } = desk.about.election;
  const now = desk.now();
  const round = address.argument === undefined ? Math.max(1, roundAt(rounds, now)) : Number(address.argument);
  const area = areaOf(desk, address);
  const { answer, problem } = useAnswer(desk, `/v1/areas/${area}/board?round=${round}`, AGAIN_MS);
  const [own, ...rows] = answer?.areas ?? [];
  const isAhead = rounds[round - 1] && Date.parse(rounds[round - 1]) > Date.parse(now);
  return (
    <>
      <section aria-labelledby="round">
        <header>
          <h1 id="round">
            {rounds[round - 1] && say("round", minute(rounds[round - 1]))} {own && <span class="soft">{own.name}</span>}{" "}
            {isAhead && <span class="stamp stamp--hold">{say("round.ahead")}</span>}
          </h1>
          <RoundLinks desk={desk} view="board" chosen={round} query={address.query} />
        </header>
        {own && own.code !== desk.about.token.area.code && (
          <p class="small">
            <a href={hashOf("board", round, { area: own.parent === desk.about.token.area.code ? undefined : own.parent })}>{say("board.up")}</a>
          </p>
        )}
        <Fault problem={problem} />
        {own && <Tally row={own} />}
        {own?.silent === null && <p class="stamp stamp--hold">{say("verifying")}</p>}
        {own && (
          <p class="actions-row small">
            {own.silent > 0 && <a href={hashOf("silent", round, { area: address.query.area })}>{say("board.list")}</a>}
            <a href={hashOf("owing", undefined, { area: address.query.area })}>{say("owing.title")}</a>
          </p>
        )}
      </section>
      {rows.length > 0 && <Table rows={rows} round={round} address={address} />}
      {own?.level === "commune" && <Commune desk={desk} address={address} area={own.code} />}
    </>
  );
}
