// All that will be signed, before it is. What the server would refuse cannot be sent.
import { useState } from "preact/hooks";
import { useLanguage } from "../language.jsx";
import { Stands } from "./entry.jsx";

const reasons = ["miscount", "mistyped", "wrong-unit", "roll-changed", "other"];

export function Review({ unit, voted, amend, send }) {
  const { say, count, change, percent, minute } = useLanguage();
  const { standing, nextSeq } = unit.state;
  const [roll, setRoll] = useState("");
  const [isFinal, setFinal] = useState(false);
  const [reason, setReason] = useState("");
  const [isSending, setSending] = useState(false);
  const registered = roll === "" ? standing.registered : Number(roll);
  const isCorrection = voted < standing.voted;
  const isFault = voted > registered || (isCorrection && reason === "");

  function submit(event) {
    event.preventDefault();
    if (!isFault && !isSending) {
      setSending(true);
      const kind = isCorrection ? "correction" : isFinal ? "final" : undefined;
      send({ voted, registered: roll === "" ? undefined : registered, kind, reason: isCorrection ? reason : undefined });
    }
  }

  return (
    <>
      <Stands standing={standing} />
      <form class="ask" onSubmit={submit}>
        <div class="ask__top">
          <h1>{say("review")}</h1>
          <p class="ask__step">{say("match")}</p>
        </div>
        <dl class="sums sums--large">
          <div class="main">
            <dt>{say("voted")}</dt>
            <dd>{count(voted)}</dd>
          </div>
          {standing.seq > 0 && (
            <div>
              <dt>{say("since.label", minute(standing.as_of))}</dt>
              <dd>{change(voted - standing.voted)}</dd>
            </div>
          )}
          <div>
            <dt>{say("roll")}</dt>
            <dd>
              {count(registered)}
              {registered > 0 && ` · ${percent(Math.floor((10000 * voted) / registered) / 100)}`}
            </dd>
          </div>
          <div>
            <dt>{say("as.of")}</dt>
            <dd>{unit.now().slice(11, 16)}</dd>
          </div>
        </dl>
        {voted > registered && <p class="error">{say("more.than.roll", count(registered))}</p>}
        <details class="review__more" open={voted > registered || undefined}>
          <summary>{say("roll.changed")}</summary>
          <label for="roll">{say("roll.now")}</label>
          <input
            id="roll"
            type="text"
            inputmode="numeric"
            autocomplete="off"
            value={roll}
            onInput={(event) => setRoll(event.currentTarget.value.replace(/\D/g, "").slice(0, 7))}
          />
        </details>
        {isCorrection ? (
          <p class="review__more">
            <label for="reason">{say("why")}</label>
            <select id="reason" value={reason} onChange={(event) => setReason(event.currentTarget.value)}>
              <option value="">–</option>
              {reasons.map((value) => (
                <option key={value} value={value}>
                  {say(`why.${value}`)}
                </option>
              ))}
            </select>
          </p>
        ) : (
          <p class="review__more">
            <label>
              <input type="checkbox" checked={isFinal} onChange={(event) => setFinal(event.currentTarget.checked)} /> {say("final")}
            </label>
          </p>
        )}
        <div class="actions">
          <button type="submit" class="button button--main button--wide" disabled={isFault || isSending}>
            {say("sign")}
          </button>
          <button class="button" type="button" onClick={amend}>
            {say("amend")}
          </button>
        </div>
      </form>
    </>
  );
}
