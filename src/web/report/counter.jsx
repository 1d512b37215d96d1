// For a small hall: one press a voter. The count stays on this device until it is used as a figure.
import { useLanguage } from "../language.jsx";
import { Stands } from "./entry.jsx";

export function Counter({ unit, use, enter }) {
  const { say, count } = useLanguage();
  const { tally, standing } = unit.state;
  // On what is counted, not on what is shown: of two quick presses the second may come before the first is shown.
  const add = (step) => unit.change({ tally: Math.max(0, unit.state.tally + step) });
  return (
    <>
      <Stands standing={standing} />
      <div class="ask counter">
        <h1>{say("count")}</h1>
        <p class="entry" aria-live="polite">
          {count(tally)}
        </p>
        <button type="button" class="counter__one" onClick={() => add(1)}>
          +1 <span class="vh">{say("count.one")}</span>
        </button>
        <div class="actions">
          <button type="button" class="button button--main button--wide" onClick={() => use(tally)}>
            {say("count.use")}
          </button>
          <button type="button" class="button" disabled={tally === 0} onClick={() => add(-1)}>
            {say("count.undo")}
          </button>
          <button type="button" class="plain" onClick={enter}>
            {say("new.figure")}
          </button>
        </div>
      </div>
    </>
  );
}
