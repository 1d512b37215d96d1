import { useLanguage } from "../language.jsx";
import { useMoment } from "./headline.jsx";

export function Colophon({ document, area }) {
  const { say, count } = useLanguage();
  const moment = useMoment(document.election);
  const json = area.level === "nation" ? "/v1/turnout" : `/v1/areas/${area.code}`;
  const sections = [
    ["what", say("about.what.text", count(area.units))],
    ["when", say("about.when.text", area.as_of ? moment(area.as_of).join(" ") : "–")],
    ["check", say("about.check.text")],
    ["data", say("about.data.text", <a href={json}>JSON</a>, <a href="/v1/snapshot.csv">CSV</a>, <a href="/v1/feed.atom">Atom</a>)],
  ];
  return (
    <footer class="colophon">
      <div>
        {sections.map(([key, text]) => (
          <section key={key}>
            <h2>{say(`about.${key}`)}</h2>
            <p>{text}</p>
          </section>
        ))}
      </div>
    </footer>
  );
}
