import { useLanguage } from "../language.jsx";

// What went wrong, in words where there are some, else as the server says it.
export function Fault({ problem }) {
  const { say, knows } = useLanguage();
  if (!problem) {
    return null;
  }
  const key = `problem.${problem.code}`;
  return (
    <p class="error" role="alert">
      {knows(key) ? say(key) : problem.message || problem.code}
    </p>
  );
}
