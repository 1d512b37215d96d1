// What has become of the reports made here: word, shape and ground each say it alone.
import { useLanguage } from "../language.jsx";

const READ_ALOUD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

const shapes = {
  unsent: <circle cx="32" cy="32" r="27" fill="none" stroke="currentColor" stroke-width="6" stroke-dasharray="10 7" />,
  sent: (
    <>
      <circle cx="32" cy="32" r="27" fill="none" stroke="currentColor" stroke-width="6" />
      <path d="M32 5a27 27 0 0 0 0 54z" fill="currentColor" />
    </>
  ),
  counted: <circle cx="32" cy="32" r="30" fill="currentColor" />,
  held: (
    <>
      <rect x="11" y="11" width="42" height="42" transform="rotate(45 32 32)" fill="none" stroke="currentColor" stroke-width="6" />
      <path d="M32 20v16M32 41v5" stroke="currentColor" stroke-width="6" />
    </>
  ),
  refused: <path d="M10 10 54 54M54 10 10 54" stroke="currentColor" stroke-width="7" />,
  superseded: <path d="M6 22h52M6 42h52" stroke="currentColor" stroke-width="6" />,
};

function Receipt({ receipt }) {
  const { say } = useLanguage();
  const names = say("read.aloud").split(" ");
  const aloud = receipt.split("-").map((group) => [...group].map((character) => names[READ_ALOUD.indexOf(character)]).join(" · "));
  return (
    <dl class="receipt">
      <dt>{say("receipt")}</dt>
      <dd>{receipt}</dd>
      <dd>{aloud.join(", ")}</dd>
    </dl>
  );
}

function What({ report, unit }) {
  const { say, knows, count, minute } = useLanguage();
  const { standing, reports } = unit.state;
  const voted = <strong>{count(report.voted)}</strong>;
  const why = report.code && <p>{knows(`code.${report.code}`) ? say(`code.${report.code}`) : report.detail}</p>;
  switch (report.status) {
    case "unsent": {
      const waiting = reports.filter(({ status }) => status === "unsent");
      return (
        <>
          <p>
            <strong>{say("unsent.how.many", count(waiting.length), minute(waiting[0].as_of))}</strong>
          </p>
          <p>{say("unsent.why")}</p>
          {why}
        </>
      );
    }
    case "sent":
      return (
        <>
          <p>
            <strong>{say("sent.unsure", report.sentAt.slice(11, 19))}</strong>
          </p>
          <p>{say("sent.keep")}</p>
        </>
      );
    case "counted":
      return (
        <>
          <p>{say(report.test ? "counted.test" : "counted.what", voted, minute(report.as_of), report.answeredAt.slice(11, 19))}</p>
          <Receipt receipt={report.receipt} />
        </>
      );
    default:
      return (
        <>
          <p>
            <strong>{say(`${report.status}.what`)}</strong>
          </p>
          {why}
          {standing.seq > 0 && <p>{say("held.stands", count(standing.voted), minute(standing.as_of))}</p>}
        </>
      );
  }
}

// The list as a table that an office can open: RFC 4180, with a mark for spreadsheets.
function listOf(reports) {
  const rows = reports.map(({ seq, as_of, voted, status, receipt, code }) => [seq, as_of, voted, status, receipt ?? "", code ?? ""]);
  const text = [["seq", "as_of", "voted", "state", "receipt", "code"], ...rows].map((row) => `${row.join(",")}\r\n`).join("");
  return new Blob(["\ufeff", text], { type: "text/csv" });
}

function save(unit) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(listOf(unit.state.reports));
  link.download = `${unit.state.about.unit}.csv`;
  link.click();
  URL.revokeObjectURL(link.href);
}

function List({ unit }) {
  const { say, count, minute } = useLanguage();
  return (
    <section class="sent-list" aria-labelledby="list">
      <header>
        <h2 id="list">{say("from.here")}</h2>
        <button type="button" class="plain small" onClick={() => save(unit)}>
          {say("save.list")}
        </button>
      </header>
      <table class="data">
        <thead>
          <tr>
            <th scope="col">{say("when")}</th>
            <th scope="col" class="num">
              {say("voted")}
            </th>
            <th scope="col">{say("state")}</th>
          </tr>
        </thead>
        <tbody>
          {[...unit.state.reports].reverse().map((report) => (
            <tr key={report.id}>
              <th scope="row">{minute(report.as_of)}</th>
              <td class="num">{count(report.voted)}</td>
              <td>
                {say(`state.${report.status}`)}
                {report.receipt && `, ${report.receipt}`}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

export function Status({ unit, done }) {
  const { say } = useLanguage();
  const { reports } = unit.state;
  // The one that matters most: what is not sent, then what is not answered, then the last.
  const report = reports.find(({ status }) => status === "unsent") ?? reports.find(({ status }) => status === "sent") ?? reports[reports.length - 1];
  const isWaiting = report.status === "unsent" || report.status === "sent";
  return (
    <>
      <section class={`state state--${report.status}`} role="status" aria-labelledby="state">
        <h1 id="state">
          <svg viewBox="0 0 64 64" aria-hidden="true">
            {shapes[report.status]}
          </svg>
          {say(report.status === "counted" && report.test ? "rehearsal" : `state.${report.status}`)}
        </h1>
        <What report={report} unit={unit} />
      </section>
      <List unit={unit} />
      <div class="actions">
        {isWaiting && (
          <button type="button" class="button button--main button--wide" onClick={unit.outbox.pump}>
            {say("send.now")}
          </button>
        )}
        <button type="button" class={isWaiting ? "button" : "button button--main button--wide"} onClick={done}>
          {say(report.status === "counted" ? "done" : "new.figure")}
        </button>
      </div>
    </>
  );
}
