// The language of the page: its words, its numbers, its times and its order of names, by Intl.
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { words } from "./words.js";

const locales = { vi: "vi-VN", en: "en-GB" };

// The words of `key`, with each {n} replaced. A text when all of `values` are texts or numbers, else a list for JSX.
function fill(text, values) {
  const pieces = text.split(/\{(\d)\}/).map((piece, index) => (index % 2 === 0 ? piece : values[piece]));
  return pieces.some((piece) => typeof piece === "object") ? pieces : pieces.join("");
}

const made = {}; // by language: what Intl makes is dear

export function languageOf(language) {
  made[language] ??= makeLanguage(language);
  return made[language];
}

function makeLanguage(language) {
  const locale = locales[language];
  const column = Object.keys(locales).indexOf(language);
  const counts = new Intl.NumberFormat(locale);
  const percents = new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const month = language === "vi" ? "numeric" : "long";
  const dates = new Intl.DateTimeFormat(locale, { timeZone: "UTC", day: "numeric", month, year: "numeric" });
  const days = new Intl.DateTimeFormat(locale, { timeZone: "UTC", weekday: "long" });
  const ages = new Intl.RelativeTimeFormat(locale);

  const say = (key, ...values) => fill(words[key][column], values);
  const number = (percent) => (percent === 100 ? counts.format(100) : percents.format(percent));
  const sign = language === "vi" ? "\u00a0%" : "%";

  // A moment of a document, `2026-03-15T20:00:00+07:00`, is shown as it is written: by the clocks of the election.
  const zone = (moment, timezone) => {
    const offset = moment.slice(19) === "Z" ? "+00:00" : moment.slice(19);
    const utc = `UTC${offset[0] === "-" ? "−" : "+"}${Number(offset.slice(1, 3))}${offset.slice(4) === "00" ? "" : offset.slice(3)}`;
    return words[`zone.${timezone}`] ? say(`zone.${timezone}`, utc) : utc;
  };

  return {
    language,
    say,
    knows: (key) => key in words,
    count: (value) => counts.format(value),
    change: (value) => (value > 0 ? `+${counts.format(value)}` : counts.format(value).replace("-", "−")),
    number,
    percent: (value) => number(value) + sign,
    collator: new Intl.Collator(locale, { numeric: true }),
    name: (area) => (language === "en" && area.name_en) || area.name,
    date: (day) => dates.format(new Date(`${day.slice(0, 10)}T00:00:00Z`)),
    day: (day) => `${days.format(new Date(`${day}T00:00:00Z`))}, ${dates.format(new Date(`${day}T00:00:00Z`))}`,
    // 20:00, and with its seconds where they say something.
    time: (moment) => (moment.slice(17, 19) === "00" ? moment.slice(11, 16) : moment.slice(11, 19)),
    minute: (moment) => moment.slice(11, 16),
    zone,
    age: (milliseconds) => {
      const seconds = Math.max(0, Math.round(milliseconds / 1000));
      if (seconds < 60) {
        return ages.format(-seconds, "second");
      }
      return seconds < 3600 ? ages.format(-Math.floor(seconds / 60), "minute") : ages.format(-Math.floor(seconds / 3600), "hour");
    },
  };
}

export const Language = createContext(null);

export function useLanguage() {
  return useContext(Language);
}

// For a search in which accents do not matter, and in which a plain d finds đ.
export function fold(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[đĐ]/g, "d").toLowerCase();
}
