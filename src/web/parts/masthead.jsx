import { AreaLink, pageQuery, useAddress } from "../address.jsx";
import { useLanguage } from "../language.jsx";
import { Preferences } from "./choices.jsx";

// `view` is which of the pages for readers this is: picture, bulletin or check.
export function Masthead({ view, election, setLanguage }) {
  const { say, day } = useLanguage();
  const { address } = useAddress();
  const link = (name) => ({ href: `/${name}${pageQuery(address.language)}` });
  const current = (name) => (name === view ? { "aria-current": "page" } : {});
  return (
    <header class="masthead">
      <p class="masthead__name">
        {election && (
          <>
            <AreaLink area="">
              <b lang="vi">{election.name}</b>
            </AreaLink>{" "}
            <span class="soft nowrap">{day(election.date)}</span>
          </>
        )}
      </p>
      <nav aria-label={say("pages")}>
        <ul>
          <li>
            <AreaLink area="" {...current("picture")}>
              {say("page.picture")}
            </AreaLink>
          </li>
          <li>
            <a {...link("bulletin/newest")} {...current("bulletin")}>
              {say("page.bulletin")}
            </a>
          </li>
          <li>
            <a {...link("check")} {...current("check")}>
              {say("page.check")}
            </a>
          </li>
        </ul>
      </nav>
      <div class="masthead__tools">
        <Preferences setLanguage={setLanguage} />
      </div>
    </header>
  );
}
