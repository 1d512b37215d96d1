// `/bulletin/{n}`: one bulletin on one sheet, for print and PDF. `/bulletin/newest` is the newest one.
import { render } from "preact";
import { pageQuery, useAddress, useLocation } from "./address.jsx";
import { useDocument } from "./document.js";
import { useLanguage } from "./language.jsx";
import { Bar } from "./parts/bar.jsx";
import { Frame } from "./parts/frame.jsx";
import { applyTheme, currentTheme } from "./preferences.js";

const wanted = location.pathname.slice("/bulletin/".length);

// How people call what a bulletin is for: the time of a round, the closing, or an admin's own words.
function useRound() {
  const { say } = useLanguage();
  return ({ round }) => (round === "closing" ? say("bulletin.closing") : round);
}

function groupsOf(hash) {
  return hash.match(/.{8}/g).join(" ");
}

function Tools({ bulletin, before, after }) {
  const { say, count } = useLanguage();
  const { address } = useAddress();
  const round = useRound();
  const files = `/v1/bulletins/${bulletin.number}`;
  const other = (one) => (
    <a href={`/bulletin/${one.number}${pageQuery(address.language)}`}>{say("bulletin.other", count(one.number), round(one))}</a>
  );
  return (
    <p class="toolbar">
      <button class="button" type="button" onClick={() => window.print()}>
        {say("bulletin.print")}
      </button>
      <a href={`${files}/areas/${bulletin.nation.code}.csv`}>CSV</a>
      <a href={`${files}/bulletin.txt`}>bulletin.txt</a>
      <a href={`${files}/bulletin.sig`}>bulletin.sig</a>
      <a href={`/check?bulletin=${bulletin.number}${pageQuery(address.language).replace("?", "&")}`}>{say("bulletin.check")}</a>
      {before && other(before)}
      {after && other(after)}
    </p>
  );
}

function Sums({ nation, before }) {
  const { say, count, change } = useLanguage();
  const round = useRound();
  const rows = [
    [say("voted"), count(nation.voted)],
    [say("on.rolls"), count(nation.registered)],
    [say("remaining.column"), count(nation.registered - nation.voted)],
    before && nation.change && [say("bulletin.since", count(before.number), round(before)), change(nation.change.voted)],
    [say("units.reported"), `${count(nation.units_reported)} / ${count(nation.units)}`],
    [say("bulletin.held"), count(nation.held)],
  ];
  return (
    <dl class="sums">
      {rows.filter(Boolean).map(([title, value]) => (
        <div key={title}>
          <dt>{title}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Row({ title, area }) {
  const { count, change, number } = useLanguage();
  return (
    <tr>
      <th scope="row">{title}</th>
      <td class="num wideonly">{count(area.registered)}</td>
      <td class="num">{count(area.voted)}</td>
      <td class="num">{count(area.registered - area.voted)}</td>
      <td class="num pct">{area.percent === null ? "–" : number(area.percent)}</td>
      {area.change && <td class="num wideonly">{change(area.change.voted)}</td>}
      <td class="num wideonly">
        {count(area.units_reported)} / {count(area.units)}
      </td>
    </tr>
  );
}

function Provinces({ bulletin, before, names }) {
  const { say } = useLanguage();
  const round = useRound();
  const { nation, provinces } = bulletin;
  return (
    <table class="data" aria-label={say("by.province")}>
      <thead>
        <tr>
          <th scope="col">{say("province")}</th>
          <th scope="col" class="num wideonly">
            {say("registered")}
          </th>
          <th scope="col" class="num">
            {say("voted")}
          </th>
          <th scope="col" class="num">
            {say("remaining.column")}
          </th>
          <th scope="col" class="num pct">
            %
          </th>
          {nation.change && (
            <th scope="col" class="num wideonly">
              {say("since.column", round(before))}
            </th>
          )}
          <th scope="col" class="num wideonly">
            {say("reported.column")}
          </th>
        </tr>
      </thead>
      <tbody>
        {provinces.map((area) => (
          <Row key={area.code} title={names(area.code)} area={area} />
        ))}
      </tbody>
      <tfoot>
        <Row title={say("nationwide")} area={nation} />
      </tfoot>
    </table>
  );
}

function Proof({ bulletin, before, signingKey }) {
  const { say, count } = useLanguage();
  const address = `${location.origin}/v1/bulletins/${bulletin.number}/`;
  return (
    <dl class="sheet__proof">
      <dt>{say("bulletin.sha256")}</dt>
      <dd>
        <code>{groupsOf(bulletin.sha256)}</code>
      </dd>
      {bulletin.previous && (
        <>
          <dt>{before ? say("bulletin.number", count(before.number)) : say("step.previous")}</dt>
          <dd>
            <code>{groupsOf(bulletin.previous)}</code>
          </dd>
        </>
      )}
      {signingKey && (
        <>
          <dt>{say("bulletin.key")}</dt>
          <dd>
            <code>{signingKey}</code>
          </dd>
        </>
      )}
      <dt>{say("bulletin.original")}</dt>
      <dd>{say("bulletin.original.text", address, `${location.origin}/check`)}</dd>
    </dl>
  );
}

function Sheet({ bulletin, before, election, signingKey, names }) {
  const { say, count, day, number, time, date, zone } = useLanguage();
  const round = useRound();
  const { nation } = bulletin;
  const cut = bulletin.time;
  return (
    <article class="sheet">
      <header class="sheet__head">
        <p>
          <b lang="vi">{election.name}</b>
          <br />
          {day(election.date)}
        </p>
        <p>
          {bulletin.test && <span class="stamp stamp--hold">{say("rehearsal")}</span>} <span class="stamp">{say("unofficial")}</span>
        </p>
      </header>
      <div class="sheet__top">
        <div>
          <h1>{say("bulletin.title", count(bulletin.number), round(bulletin))}</h1>
          {nation.percent !== null && (
            <>
              <p class="sheet__figure">
                <data value={nation.percent}>{number(nation.percent)}</data>
                <small>%</small>
              </p>
              <Bar percent={nation.percent} />
            </>
          )}
          <p class="sheet__lead">{say("bulletin.lead", time(cut), date(cut), zone(cut, election.timezone))}</p>
        </div>
        <Sums nation={nation} before={before} />
      </div>
      <Provinces bulletin={bulletin} before={before} names={names} />
      <Proof bulletin={bulletin} before={before} signingKey={signingKey} />
    </article>
  );
}

function Nothing({ title }) {
  const { say } = useLanguage();
  const { address } = useAddress();
  return (
    <div class="waiting">
      <h1>{title}</h1>
      {wanted !== "newest" && (
        <p>
          <a href={`/bulletin/newest${pageQuery(address.language)}`}>{say("bulletin.newest")}</a>
        </p>
      )}
    </div>
  );
}

function Shown({ list, turnout, index }) {
  const { say, name } = useLanguage();
  const known = new Map(turnout.document?.provinces.map((area) => [area.code, area]));
  if (!list.document || !turnout.document) {
    return <Nothing title={say(list.isLost || turnout.isLost ? "lost" : "loading")} />;
  }
  const { bulletins, election, signing_key } = list.document;
  const [after, bulletin, before] = [bulletins[index - 1], bulletins[index], bulletins[index + 1]];
  if (!bulletin) {
    return <Nothing title={wanted === "newest" ? say("bulletin.none") : say("bulletin.unknown", wanted)} />;
  }
  const names = (code) => (known.has(code) ? name(known.get(code)) : code);
  return (
    <>
      <Tools bulletin={bulletin} before={before} after={after} />
      <Sheet bulletin={bulletin} before={before} election={election} signingKey={signing_key} names={names} />
    </>
  );
}

function Bulletin() {
  const place = useLocation({ language: "" });
  const list = useDocument("/v1/bulletins");
  const turnout = useDocument("/v1/turnout"); // has the names
  const bulletins = list.document?.bulletins ?? [];
  const index = wanted === "newest" ? 0 : bulletins.findIndex(({ number }) => String(number) === wanted);
  const title = ({ say, count, date }) =>
    bulletins[index] ? `${say("bulletin.number", count(bulletins[index].number))} · ${bulletins[index].round} · ${date(bulletins[index].time)}` : say("page.bulletin");
  return (
    <Frame place={place} view="bulletin" title={title} election={list.document?.election} isTest={bulletins[index]?.test ?? false}>
      <Shown list={list} turnout={turnout} index={index} />
    </Frame>
  );
}

applyTheme(currentTheme());
render(<Bulletin />, document.body);
