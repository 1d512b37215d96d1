// What a member of a committee asks the server, with the token in every request. The token is kept for this window alone.
import { useCallback, useEffect, useState } from "preact/hooks";

const TOKEN = "turnout.token";
const ROWS_MAX = 10000; // of a list: as many as the largest province has units; each page has the server look at all

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
    desk.aheadMs = Date.parse(desk.about.now) - Date.now();
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
    this.relayToken = ""; // for corrections in the name of units
  }

  // The same desk, of which the server says something else now.
  with(changes) {
    return Object.assign(new Desk(this.token), this, { about: { ...this.about, ...changes } });
  }

  close() {
    sessionStorage.removeItem(TOKEN);
  }

  may(role) {
    const roles = ["view", "decide", "admin"];
    return roles.indexOf(this.about.token.role) >= roles.indexOf(role);
  }

  // Now, by the server's clock and in the election's time: 2026-03-15T15:02:44+07:00.
  now() {
    const offset = this.about.now.slice(19);
    const sign = offset[0] === "-" ? -1 : 1;
    const minutes = offset === "Z" ? 0 : sign * (60 * Number(offset.slice(1, 3)) + Number(offset.slice(4)));
    return new Date(Date.now() + this.aheadMs + 60000 * minutes).toISOString().slice(0, 19) + offset;
  }

  async ask(path, body, token = this.token) {
    let response;
    try {
      response = await fetch(path, {
        method: body ? "POST" : "GET",
        cache: "no-store",
        headers: { Authorization: `Bearer ${token}`, ...(body && { "Content-Type": "application/json" }) },
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
  useEffect(() => setState({}), [desk.token, path]);
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
    if (path) {
      look();
    }
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [desk.token, path, everyMs, turn]);
  return { ...state, ask: useCallback(() => setTurn((old) => old + 1), []) };
}

// The list at `path`, page after page: { rows, total, at, problem, ask }. `at` is when it was asked for; `total` is above the
// number of rows where there are too many for one page to hold.
export function useList(desk, path, name) {
  const [state, setState] = useState({});
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let isOver = false;
    async function read() {
      const at = desk.now();
      const rows = [];
      let after = "";
      let page;
      do {
        page = await desk.ask(`${path}${path.includes("?") ? "&" : "?"}limit=1000${after}`);
        rows.push(...page[name]);
        after = page.next && `&after=${encodeURIComponent(page.next)}`;
      } while (after && rows.length < ROWS_MAX && !isOver);
      if (!isOver) {
        setState({ rows, total: after ? page.total : rows.length, at });
      }
    }
    setState({});
    read().catch((problem) => !isOver && setState({ problem }));
    return () => (isOver = true);
  }, [desk.token, path, turn]);
  return { ...state, ask: useCallback(() => setTurn((old) => old + 1), []) };
}
