// What stands around a page for readers that is not the live picture: its language, its title, whether it is a rehearsal.
import { useEffect } from "preact/hooks";
import { Address } from "../address.jsx";
import { Language, languageOf } from "../language.jsx";
import { languageFor } from "../preferences.js";
import { RehearsalBand } from "./bands.jsx";
import { Masthead } from "./masthead.jsx";

// `view` is the page's name, in the masthead and as its class; `title` is made by a function of the language.
export function Frame({ place, view, title, election, isTest, children }) {
  const { address, change } = place;
  const language = languageOf(languageFor(address.language));
  const { say } = language;
  useEffect(() => {
    document.documentElement.lang = language.language;
    document.title = isTest ? say("title.rehearsal", title(language)) : title(language);
    document.body.className = isTest ? `${view} is-rehearsal` : view;
  });
  return (
    <Address.Provider value={{ address }}>
      <Language.Provider value={language}>
        <a class="skip" href="#main">
          {say("skip")}
        </a>
        {isTest && <RehearsalBand>{say("rehearsal.band")}</RehearsalBand>}
        <Masthead view={view} election={election} setLanguage={(value) => change({ language: value })} />
        <main id="main">{children}</main>
      </Language.Provider>
    </Address.Provider>
  );
}
