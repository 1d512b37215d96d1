import { useState } from "preact/hooks";
import { AreaLink } from "../address.jsx";
import { useLanguage } from "../language.jsx";
import { currentTheme, keepTheme, themes } from "../preferences.js";
import { languages } from "../words.js";

export function Choice({ name, title, options, chosen, choose }) {
  return (
    <fieldset class="choice">
      <legend class="vh">{title}</legend>
      {options.map(([value, word, language]) => (
        <label key={value} lang={language}>
          <input type="radio" name={name} value={value} checked={value === chosen} onChange={() => choose(value)} />
          <span>{word}</span>
        </label>
      ))}
    </fieldset>
  );
}

export function Masthead({ election, setLanguage }) {
  const { say, day, language } = useLanguage();
  const [theme, setTheme] = useState(currentTheme);
  function chooseTheme(value) {
    keepTheme(value);
    setTheme(value);
  }
  return (
    <header class="masthead">
      <p class="masthead__name">
        <AreaLink area="">
          <b lang="vi">{election.name}</b>
        </AreaLink>{" "}
        <span class="soft nowrap">{day(election.date)}</span>
      </p>
      <div class="masthead__tools">
        <Choice
          name="language"
          title={say("language")}
          options={Object.entries(languages).map(([code, word]) => [code, word, code])}
          chosen={language}
          choose={setLanguage}
        />
        <Choice
          name="theme"
          title={say("theme")}
          options={themes.map((value) => [value, say(`theme.${value}`)])}
          chosen={theme}
          choose={chooseTheme}
        />
      </div>
    </header>
  );
}
