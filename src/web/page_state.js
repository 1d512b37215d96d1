// What stands outside a page's components: its language, its title, the classes of its body.
import { useEffect } from "preact/hooks";

// What is the same already is left alone: the language set anew, though the same, has the browser style the whole page anew.
function set(object, name, value) {
  if (object[name] !== value) {
    object[name] = value;
  }
}

// `title` and `classes` may be left out; of the classes those that are no text are passed over.
export function usePage({ language, title, classes }) {
  useEffect(() => {
    set(document.documentElement, "lang", language);
    if (title) {
      set(document, "title", title);
    }
    if (classes) {
      set(document.body, "className", classes.filter(Boolean).join(" "));
    }
  });
}
