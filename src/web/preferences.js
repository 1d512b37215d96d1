// What this device has chosen: language and light or dark. Where storage is refused, until the page is closed.
import { languages } from "./words.js";

export const themes = ["auto", "light", "dark"];

const chosen = {};

function recall(key) {
  try {
    return localStorage.getItem(`turnout.${key}`) ?? chosen[key];
  } catch {
    return chosen[key];
  }
}

function keep(key, value) {
  chosen[key] = value;
  try {
    localStorage.setItem(`turnout.${key}`, value);
  } catch {
    // Then it is known in `chosen` alone.
  }
}

// What the address says goes before what was chosen here, and that before what the device speaks.
export function languageFor(wanted) {
  const candidates = [wanted, recall("language"), ...navigator.languages.map((tag) => tag.slice(0, 2))];
  return candidates.find((candidate) => candidate in languages) ?? "vi";
}

export function keepLanguage(language) {
  keep("language", language);
}

export function currentTheme() {
  const theme = recall("theme");
  return themes.includes(theme) ? theme : "auto";
}

export function applyTheme(theme) {
  document.documentElement.classList.remove(...themes);
  document.documentElement.classList.add(theme);
}

export function keepTheme(theme) {
  keep("theme", theme);
  applyTheme(theme);
}
