// The figure, asked twice: the second time without showing the first.
import { useState } from "preact/hooks";
import { useLanguage } from "../language.jsx";

const DIGITS_MAX = 7;

function Pad({ press }) {
  const { say } = useLanguage();
  const digit = (value) => (
    <button key={value} type="button" onClick={() => press((text) => text + value)}>
      {value}
    </button>
  );
  return (
    <div class="pad" role="group" aria-label={say("pad")}>
      {[1, 2, 3, 4, 5, 6, 7, 8, 9].map(digit)}
      <button type="button" class="word" onClick={() => press(() => "")}>
        {say("pad.clear")}
      </button>
      {digit(0)}
      <button type="button" class="word" onClick={() => press((text) => text.slice(0, -1))}>
        {say("pad.back")}
      </button>
    </div>
  );
}

// What the figure would change, or why it is odd.
function Change({ voted, standing, differs }) {
  const { say, count, change, minute } = useLanguage();
  const words = (text) => (
    <p class="change is-wrong" id="change" aria-live="polite">
      {text}
    </p>
  );
  if (differs) {
    return words(say("differ", ...differs.map(count)));
  }
  if (voted === null) {
    return <p class="change" id="change" aria-live="polite" />;
  }
  if (voted > standing.registered) {
    return words(say("more.than.roll", count(standing.registered)));
  }
  if (voted < standing.voted) {
    return words(say("fewer.than.stands", count(standing.voted)));
  }
  return (
    <p class="change" id="change" aria-live="polite">
      {standing.seq > 0 && (
        <>
          {say("since", <b>{change(voted - standing.voted)}</b>, minute(standing.as_of))}
          <br />
        </>
      )}
      {say("left.of.roll", <b>{count(standing.registered - voted)}</b>, count(standing.registered))}
    </p>
  );
}

export function Stands({ standing }) {
  const { say, count, minute } = useLanguage();
  return (
    <p class="stands">
      <span>
        {standing.seq > 0 ? say("stands", minute(standing.as_of)) : say("stands.none")}
        <br />
        <span class="soft">{say("on.roll", count(standing.registered))}</span>
      </span>{" "}
      <b>{standing.seq > 0 ? count(standing.voted) : "–"}</b>
    </p>
  );
}

export function Entry({ unit, initial, next, startCounting, look }) {
  const { say, count } = useLanguage();
  const { standing, tally, phase } = unit;
  const [text, setText] = useState(initial === undefined ? "" : String(initial));
  const [first, setFirst] = useState(null);
  const [differs, setDiffers] = useState(null);
  const voted = text === "" ? null : Number(text);
  const isSecond = first !== null;
  const press = (change) => !differs && setText((old) => change(old).replace(/\D/g, "").replace(/^0+(?=\d)/, "").slice(0, DIGITS_MAX));

  function submit(event) {
    event.preventDefault();
    if (differs) {
      setDiffers(null);
      setFirst(null);
      setText("");
    } else if (voted === null) {
      // Nothing has been entered yet.
    } else if (!isSecond) {
      setFirst(voted);
      setText("");
    } else if (voted === first) {
      next(voted);
    } else {
      setDiffers([first, voted]);
    }
  }

  return (
    <>
      <Stands standing={standing} />
      {phase === "closed" && <p class="error">{say("code.closed")}</p>}
      <form class="ask" onSubmit={submit}>
        <div class="ask__top">
          <h1 id="question">{say(isSecond ? "ask.again" : "ask")}</h1>
          <p class="ask__step">{say("step", isSecond ? 2 : 1)}</p>
        </div>
        <input
          type="text"
          class={differs ? "entry is-wrong" : "entry"}
          name="voted"
          inputmode="none"
          autocomplete="off"
          aria-labelledby="question"
          aria-describedby="change"
          aria-invalid={differs ? "true" : undefined}
          value={text}
          onInput={(event) => press(() => event.currentTarget.value)}
        />
        <Change voted={voted} standing={standing} differs={differs} />
        <Pad press={press} />
        <button type="submit" class="button button--main button--wide">
          {say(differs ? "begin.again" : isSecond ? "next.review" : "next.second")}
        </button>
        <div class="ask__more">
          {tally > 0 && !isSecond && (
            <button type="button" class="plain" onClick={() => press(() => String(tally))}>
              {say("count.offer", count(tally))}
            </button>
          )}
          <button type="button" class="plain" onClick={startCounting}>
            {say("count")}
          </button>
          {look && (
            <button type="button" class="plain" onClick={look}>
              {say("from.here")}
            </button>
          )}
        </div>
      </form>
    </>
  );
}
