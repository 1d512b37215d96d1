// The live picture, `/` and `/a/{code}`: how many have voted, as of when, and where it is slow.
import { render } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Address, AreaLink, useLocation } from "./address.jsx";
import { useFeed } from "./feed.js";
import { Language, languageOf, useLanguage } from "./language.jsx";
import { AreaTable } from "./parts/area_table.jsx";
import { Bands } from "./parts/bands.jsx";
import { Colophon } from "./parts/colophon.jsx";
import { Curve } from "./parts/curve.jsx";
import { Headline } from "./parts/headline.jsx";
import { Masthead } from "./parts/masthead.jsx";
import { Milestones } from "./parts/milestones.jsx";
import { Missing } from "./parts/missing.jsx";
import { ProvinceMap } from "./parts/province_map.jsx";
import { usePage } from "./page_state.js";
import { applyTheme, currentTheme, languageFor } from "./preferences.js";

const SPOKEN_MS = 60000; // a screen reader hears the headline at most so often

function Crumbs({ nation, area }) {
  const { say, name } = useLanguage();
  const parent = nation.provinces.find((province) => province.code === area.parent);
  return (
    <nav class="crumbs" aria-label={say("crumbs")}>
      <ol>
        <li>
          <AreaLink area="">{say("nationwide")}</AreaLink>
        </li>
        {parent && (
          <li>
            <AreaLink area={parent.code}>{name(parent)}</AreaLink>
          </li>
        )}
        <li>
          <span aria-current="page">{name(area)}</span>
        </li>
      </ol>
    </nav>
  );
}

// What the headline says, for whoever does not see it.
function useSpoken(text) {
  const [spoken, setSpoken] = useState(text);
  const latest = useRef(text);
  latest.current = text;
  useEffect(() => {
    const timer = setInterval(() => setSpoken(latest.current), SPOKEN_MS);
    return () => clearInterval(timer);
  }, []);
  return spoken;
}

// The classes of the page and its title, which carries the figure.
function usePageState(feed, area) {
  const { say, percent, time, language } = useLanguage();
  const isOld = feed.isLost || feed.isOld;
  let title = say("title", area.percent === null ? say(area.verified ? "unpublished" : "verifying") : percent(area.percent));
  title = feed.document.test ? say("title.rehearsal", title) : title;
  usePage({
    language,
    title: isOld ? say("title.old", title, time(feed.document.generated_at)) : title,
    classes: ["live", area.level !== "nation" && "area", feed.document.test && "is-rehearsal", isOld && "is-lost"],
  });
}

function Nation({ feed }) {
  const { say, count } = useLanguage();
  const { nation, provinces, election } = feed.document;
  return (
    <>
      <div class="picture">
        <Headline feed={feed} area={nation} />
        <Curve feed={feed} area={nation} nation={feed.document} />
        <ProvinceMap election={election} provinces={provinces} />
        <Milestones nation={nation} provinces={provinces} />
      </div>
      <AreaTable title={say("provinces.count", count(provinces.length))} nameTitle={say("province")} areas={provinces} />
    </>
  );
}

function Area({ feed, nation }) {
  const { say, count, name } = useLanguage();
  const { area, children } = feed.document;
  return (
    <>
      {nation && <Crumbs nation={nation} area={area} />}
      <div class="picture">
        <Headline feed={feed} area={area} />
        {area.level === "province" && nation && <Curve key={area.code} feed={feed} area={area} nation={nation} />}
        {children.length > 0 && <Missing area={area} communes={children} nation={nation} />}
      </div>
      {children.length > 0 && (
        <AreaTable
          title={say("communes.count", count(children.length), name(area))}
          nameTitle={say("commune")}
          areas={children}
        />
      )}
    </>
  );
}

function Page({ feed, nation, setLanguage }) {
  const { say, percent, name } = useLanguage();
  const area = feed.document.area ?? feed.document.nation;
  usePageState(feed, area);
  const spoken = useSpoken(area.percent === null ? say("verifying") : `${name(area)}: ${percent(area.percent)}`);
  return (
    <>
      <a class="skip" href="#main">
        {say("skip")}
      </a>
      <Bands feed={feed} />
      <Masthead view="picture" election={feed.document.election} setLanguage={setLanguage} />
      <main id="main">{feed.document.area ? <Area feed={feed} nation={nation} /> : <Nation feed={feed} />}</main>
      <Colophon document={feed.document} area={area} />
      <p class="vh" role="status">
        {spoken}
      </p>
    </>
  );
}

function Waiting({ feed: { isUnknown, isLost }, code }) {
  const { say, language } = useLanguage();
  usePage({ language });
  return (
    <main id="main" class="waiting">
      <h1>{isUnknown ? say("unknown", code) : say(isLost ? "lost" : "loading")}</h1>
      {isUnknown && (
        <p>
          <AreaLink area="">{say("back")}</AreaLink>
        </p>
      )}
    </main>
  );
}

function Live() {
  const place = useLocation();
  const { address, change } = place;
  const language = languageFor(address.language);
  // One stream a page: a browser has only a few lines to a server. What stands beside an area is asked for.
  const [code, setCode] = useState("");
  const isArea = address.area !== "" && address.area !== code;
  const nation = useFeed("/v1/turnout", isArea ? null : "/v1/events");
  useEffect(() => setCode(nation.document?.nation.code ?? ""), [nation.document]);
  const name = encodeURIComponent(address.area);
  const area = useFeed(isArea ? `/v1/areas/${name}` : null, `/v1/events?area=${name}`);
  const wanted = isArea ? area : nation;
  const shown = useRef(wanted); // what was shown before stays until there is something else to show
  if (wanted.document || wanted.isUnknown || wanted.isLost) {
    shown.current = wanted;
  }
  const feed = shown.current;
  return (
    <Address.Provider value={place}>
      <Language.Provider value={languageOf(language)}>
        {feed.document ? (
          <Page feed={feed} nation={nation.document} setLanguage={(value) => change({ language: value })} />
        ) : (
          <Waiting feed={feed} code={address.area} />
        )}
      </Language.Provider>
    </Address.Provider>
  );
}

applyTheme(currentTheme());
render(<Live />, document.body);
