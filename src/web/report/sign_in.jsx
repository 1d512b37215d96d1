import { useState } from "preact/hooks";
import { useLanguage } from "../language.jsx";
import { CardError, cardFromFile, cardFromText } from "./card.js";
import { SignInError, Unit } from "./unit.js";

export function SignIn({ signedIn }) {
  const { say } = useLanguage();
  const [text, setText] = useState("");
  const [election, setElection] = useState("");
  const [fault, setFault] = useState("");

  async function open(read) {
    setFault("");
    try {
      signedIn(await Unit.signIn(await read()));
    } catch (error) {
      setFault(error instanceof CardError || error instanceof SignInError ? error.message : "card.later");
    }
  }

  return (
    <form
      class="sign-in"
      onSubmit={(event) => {
        event.preventDefault();
        open(() => cardFromText(text));
      }}
    >
      <h1>{say("card.title")}</h1>
      <p>{say("card.what")}</p>
      <label class="button button--main button--wide">
        {say("card.choose")}
        <input
          class="vh"
          type="file"
          accept="image/*,.pem,.txt"
          onChange={({ currentTarget }) => currentTarget.files[0] && open(() => cardFromFile(currentTarget.files[0], election))}
        />
      </label>
      {fault && (
        <p class="error" role="alert">
          {say(fault)}
        </p>
      )}
      <details open={fault === "card.which" || undefined}>
        <summary>{say("card.text")}</summary>
        <label for="card">{say("card.text")}</label>
        <textarea
          id="card"
          rows={4}
          autocomplete="off"
          spellcheck={false}
          placeholder="turnout-key-v1:"
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <button class="button" type="submit">
          {say("card.open")}
        </button>
        <label for="election">{say("card.election")}</label>
        <input id="election" type="text" value={election} onInput={(event) => setElection(event.currentTarget.value.trim())} />
      </details>
    </form>
  );
}
