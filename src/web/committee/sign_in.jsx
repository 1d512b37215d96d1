import { useState } from "preact/hooks";
import { useLanguage } from "../language.jsx";
import { Desk } from "./desk.js";
import { Fault } from "./fault.jsx";

export function SignIn({ signedIn }) {
  const { say } = useLanguage();
  const [token, setToken] = useState("");
  const [problem, setProblem] = useState(null);
  return (
    <form
      class="signin"
      onSubmit={async (event) => {
        event.preventDefault();
        try {
          signedIn(await Desk.open(token.trim()));
        } catch (fault) {
          setProblem(fault);
        }
      }}
    >
      <h1>{say("desk.title")}</h1>
      <p class="soft">{say("desk.who")}</p>
      <label for="token">{say("token")}</label>
      <p class="small soft" id="token-help">
        {say("token.help")}
      </p>
      <Fault problem={problem} />
      <textarea
        id="token"
        rows={3}
        spellcheck={false}
        autocapitalize="off"
        autocomplete="off"
        aria-describedby="token-help"
        aria-invalid={problem ? "true" : undefined}
        value={token}
        onInput={(event) => setToken(event.currentTarget.value)}
      />
      <button type="submit" class="button button--main">
        {say("desk.open")}
      </button>
    </form>
  );
}
