// What a visitor may choose on every page: one of several, and with that the language, and light or dark.
import { useState } from "preact/hooks";
import { useLanguage } from "../language.jsx";
import { currentTheme, keepLanguage, keepTheme, themes } from "../preferences.js";
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

// Both are kept on this device; `setLanguage` is for the page to show itself in another.
export function Preferences({ setLanguage }) {
  const { say, language } = useLanguage();
  const [theme, setTheme] = useState(currentTheme);
  function chooseLanguage(value) {
    keepLanguage(value);
    setLanguage(value);
  }
  function chooseTheme(value) {
    keepTheme(value);
    setTheme(value);
  }
  return (
    <>
      <Choice
        name="language"
        title={say("language")}
        options={Object.entries(languages).map(([code, word]) => [code, word, code])}
        chosen={language}
        choose={chooseLanguage}
      />
      <Choice
        name="theme"
        title={say("theme")}
        options={themes.map((value) => [value, say(`theme.${value}`)])}
        chosen={theme}
        choose={chooseTheme}
      />
    </>
  );
}
