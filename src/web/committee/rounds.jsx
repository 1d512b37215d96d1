// The rounds of the election, as links to one view.
import { useLanguage } from "../language.jsx";
import { hashOf } from "./address.js";

// The round that should have been heard of: the last one whose time has passed; 0 before the first.
export function roundAt(rounds, now) {
  return rounds.filter((round) => Date.parse(round) <= Date.parse(now)).length;
}

export function RoundLinks({ desk, view, chosen, query, withNever }) {
  const { say, minute } = useLanguage();
  const { rounds } = desk.about.election;
  const numbers = [...(withNever ? [0] : []), ...rounds.map((_, index) => index + 1)];
  return (
    <nav aria-label={say("rounds.nav")}>
      <ul class="rounds">
        {numbers.map((number) => (
          <li key={number}>
            <a href={hashOf(view, number, query)} aria-current={number === chosen ? "true" : undefined}>
              {number === 0 ? say("ever") : minute(rounds[number - 1])}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
