import { AreaLink } from "../address.jsx";
import { useLanguage } from "../language.jsx";
import { Preferences } from "./choices.jsx";

export function Masthead({ election, setLanguage }) {
  const { day } = useLanguage();
  return (
    <header class="masthead">
      <p class="masthead__name">
        <AreaLink area="">
          <b lang="vi">{election.name}</b>
        </AreaLink>{" "}
        <span class="soft nowrap">{day(election.date)}</span>
      </p>
      <div class="masthead__tools">
        <Preferences setLanguage={setLanguage} />
      </div>
    </header>
  );
}
