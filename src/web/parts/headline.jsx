import { useEffect, useRef } from "preact/hooks";
import { useAddress } from "../address.jsx";
import { useLanguage } from "../language.jsx";
import { Bar } from "./bar.jsx";

// The moment of a document, with its day and zone.
export function useMoment(election) {
  const { time, date, zone } = useLanguage();
  return (moment) => [time(moment), `${date(moment)}, ${zone(moment, election.timezone)}`];
}

function Line({ feed }) {
  const { say } = useLanguage();
  if (feed.isLost) {
    return <p class="line line--down">{say("lost")}</p>;
  }
  return feed.isOld ? <p class="line line--down">{say("old")}</p> : <p class="line line--up">{say("live")}</p>;
}

// Words stand where the figure would: while it is checked, and while it is not public.
function NoFigure({ area, lastChecked }) {
  const { say, time, percent } = useLanguage();
  if (area.verified) {
    return <p class="verify__word soft">{say(area.registered === 0 ? "voterless" : "unpublished")}</p>;
  }
  return (
    <>
      <div class="verify">
        <p class="verify__word">{say("verifying")}</p>
        <p>{say("verifying.why")}</p>
      </div>
      {lastChecked && (
        <p class="lead">
          <span>{say("verifying.last", time(lastChecked.as_of), <strong>{percent(lastChecked.percent)}</strong>)}</span>
        </p>
      )}
    </>
  );
}

function Figure({ area }) {
  const { say, count, number, percent } = useLanguage();
  const silent = area.units - area.units_reported;
  return (
    <>
      <p class="figure">
        <data value={area.percent}>{number(area.percent)}</data>
        <small>%</small>
      </p>
      <Bar class="bar bar--headline" percent={area.percent} />
      <p class="lead">
        <span>{say("lead", <strong>{count(area.voted)}</strong>, <strong>{count(area.registered)}</strong>)}</span>{" "}
        <span>{say("remaining", <strong>{count(area.remaining)}</strong>)}</span>
      </p>
      {area.percent < 100 && area.percent >= 99.99 && <p class="soft">{say("never.full")}</p>}
      {silent > 0 && (
        <p class="soft">{say("silent", count(silent), percent(area.percent_low), percent(area.percent_high))}</p>
      )}
    </>
  );
}

// The same hour of the election before.
function Previous({ area, election }) {
  const { say, name, number, percent } = useLanguage();
  const points = area.difference_points;
  const sign = points > 0 ? "+" : points < 0 ? "−" : "";
  return (
    <p class="previous soft">
      {say("previous", name(election), area.previous.time, percent(area.previous.percent), sign + number(Math.abs(points)))}
      {!election.comparable && <>. {say("previous.incomparable", election.reason)}</>}
    </p>
  );
}

function Facts({ area, election }) {
  const { say, count } = useLanguage();
  const moment = useMoment(election);
  const [time, day] = area.as_of ? moment(area.as_of) : [say("as.of.none"), ""];
  const shown = (value) => (value === null ? "–" : count(value));
  return (
    <dl class="facts">
      <div>
        <dt>{say("as.of")}</dt>
        <dd>
          {time} <span>{day}</span>
        </dd>
      </div>
      <div>
        <dt>{say("units.reported")}</dt>
        <dd>
          {shown(area.units_reported)} <span>/ {count(area.units)}</span>
        </dd>
      </div>
      {area.level !== "commune" && (
        <div>
          <dt>{say("communes.complete")}</dt>
          <dd>
            {shown(area.communes_complete)} <span>/ {count(area.communes)}</span>
          </dd>
        </div>
      )}
    </dl>
  );
}

export function Headline({ feed, area }) {
  const { say, name, time } = useLanguage();
  const { document } = feed;
  const { hasGone } = useAddress();
  const title = useRef(null);
  useEffect(() => {
    if (hasGone?.current) {
      hasGone.current = false;
      title.current.focus({ preventScroll: true });
    }
  }, [area.code]);
  const lastChecked = useRef(null);
  if (area.percent !== null) {
    lastChecked.current = area;
  }
  return (
    <section class="headline" aria-labelledby="what">
      <div class="headline__what">
        <h1 id="what" ref={title} tabIndex={-1}>
          {area.level === "nation" ? say("headline") : say("headline.area", name(area))}
        </h1>
        {(feed.isLost || feed.isOld) && (
          <span class="stamp stamp--lost">{say("figures.of", time(document.generated_at))}</span>
        )}
        {document.test && <span class="stamp stamp--hold">{say("rehearsal")}</span>}
        <span class="stamp">{say("unofficial")}</span>
        <Line feed={feed} />
      </div>
      {area.percent === null ? (
        <NoFigure area={area} lastChecked={lastChecked.current?.code === area.code ? lastChecked.current : null} />
      ) : (
        <Figure area={area} />
      )}
      {area.previous && area.difference_points !== null && <Previous area={area} election={document.previous_election} />}
      {["rounds", "hold"].includes(document.publication) && <p class="soft">{say(document.publication)}</p>}
      <Facts area={area} election={document.election} />
    </section>
  );
}
