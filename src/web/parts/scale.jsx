// The legend is a count: how many areas stand in each class.
import { classOf, lowest } from "../classes.js";
import { useLanguage } from "../language.jsx";

export function Scale({ areas, title }) {
  const { say, count } = useLanguage();
  const number = (limit) => String(limit).replace(".", count(1.5)[1]);
  const words = lowest.map((limit, index) => [
    `q${index + 1}`,
    limit === 100 ? say("class.full") : index === 0 ? say("class.under", number(lowest[1])) : say("class.from", number(limit)),
  ]);
  const rows = [...words.reverse(), ["q0", say("class.silent")], ["unsure", say("class.verifying")]].map(([name, word]) => ({
    name,
    word,
    count: areas.filter((area) => classOf(area) === name).length,
  }));
  return (
    <table class="scale">
      <caption>{title}</caption>
      <tbody>
        {rows
          .filter((row) => row.count > 0 || !["q0", "unsure"].includes(row.name))
          .map((row) => (
            <tr key={row.name}>
              <th scope="row">
                <i class={["q0", "unsure"].includes(row.name) ? `tile ${row.name}` : row.name} />
                {row.word}
              </th>
              <td class={row.count === 0 ? "none" : ""}>{count(row.count)}</td>
            </tr>
          ))}
      </tbody>
    </table>
  );
}
