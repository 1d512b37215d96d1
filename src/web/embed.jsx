// `/embed/headline` and `/embed/map`: the live picture's parts for pages of other sites, which may frame these alone.
import { render } from "preact";
import { Address, useLocation } from "./address.jsx";
import { useFeed } from "./feed.js";
import { Language, languageOf, useLanguage } from "./language.jsx";
import { Bands } from "./parts/bands.jsx";
import { Headline } from "./parts/headline.jsx";
import { ProvinceMap } from "./parts/province_map.jsx";
import { usePage } from "./page_state.js";
import { applyTheme, currentTheme, languageFor } from "./preferences.js";

// What the map shows, for pages on which nothing else says so.
function MapTitle({ feed }) {
  const { say, percent, time } = useLanguage();
  const { nation, test } = feed.document;
  return (
    <div class="headline__what">
      <h1>
        {say("headline")}
        {nation.percent !== null && `: ${percent(nation.percent)}`}
      </h1>
      {test && <span class="stamp stamp--hold">{say("rehearsal")}</span>}
      <span class="stamp">{say("unofficial")}</span>
      {nation.as_of && (
        <span class="soft">
          {say("as.of")} {time(nation.as_of)}
        </span>
      )}
    </div>
  );
}

const isMap = location.pathname === "/embed/map";

function Embed() {
  const { address } = useLocation();
  const language = languageFor(address.language);
  const feed = useFeed("/v1/turnout", "/v1/events");
  usePage({ language, classes: ["live", "embed", feed.document?.test && "is-rehearsal", (feed.isLost || feed.isOld) && "is-lost"] });
  return (
    <Address.Provider value={{ address, isEmbedded: true }}>
      <Language.Provider value={languageOf(language)}>
        {feed.document && (
          <>
            <Bands feed={feed} />
            <main>
              {isMap ? (
                <>
                  <MapTitle feed={feed} />
                  <ProvinceMap election={feed.document.election} provinces={feed.document.provinces} />
                </>
              ) : (
                <Headline feed={feed} area={feed.document.nation} />
              )}
            </main>
          </>
        )}
      </Language.Provider>
    </Address.Provider>
  );
}

applyTheme(currentTheme());
render(<Embed />, document.body);
