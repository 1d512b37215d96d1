// What a member of a committee asks the server, with the token in every request. The token is kept for this window alone.
import { useCallback, useEffect, useState } from "preact/hooks";

const TOKEN = "turnout.token";

export class Problem extends Error {
  constructor(status, { code = "unavailable", detail = "" } = {}) {
    super(detail);
    this.status = status;
    this.code = code;
  }
}

export class Desk {
  // A desk for this token, once the server has taken it.
  static async open(token) {
    const desk = new Desk(token);
    desk.about = await desk.ask("/v1/desk");
    sessionStorage.setItem(TOKEN, token);
    return desk;
  }

  static async reopen() {
    const token = sessionStorage.getItem(TOKEN);
    try {
      return token ? await Desk.open(token) : null;
    } catch {
      return null;
    }
  }

  constructor(token) {
    this.token = token;
  }

  close() {
    sessionStorage.removeItem(TOKEN);
  }

  may(role) {
    const roles = ["view", "decide", "admin"];
    return roles.indexOf(this.about.token.role) >= roles.indexOf(role);
  }

  async ask(path, body) {
    let response;
    try {
      response = await fetch(path, {
        method: body ? "POST" : "GET",
        cache: "no-store",
        headers: { Authorization: `Bearer ${this.token}`, ...(body && { "Content-Type": "application/json" }) },
        body: body && JSON.stringify(body),
      });
    } catch {
      throw new Problem(0);
    }
    const answer = await response.json().catch(() => undefined);
    if (!response.ok) {
      throw new Problem(response.status, answer);
    }
    return answer;
  }
}

// What the server answers to `path`, asked again every so often and by ask(); { answer, problem, ask }.
export function useAnswer(desk, path, everyMs) {
  const [state, setState] = useState({});
  const [turn, setTurn] = useState(0);
  useEffect(() => setState({}), [desk, path]);
  useEffect(() => {
    let isOver = false;
    let timer;
    async function look() {
      try {
        const answer = await desk.ask(path);
        if (!isOver) {
          setState({ answer });
        }
      } catch (problem) {
        if (!isOver) {
          setState((old) => ({ ...old, problem }));
        }
      }
      if (!isOver && everyMs) {
        timer = setTimeout(look, everyMs);
      }
    }
    look();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [desk, path, everyMs, turn]);
  return { ...state, ask: useCallback(() => setTurn((old) => old + 1), []) };
}
