// A box for LogQL: Enter asks, Shift+Enter begins a line; suggestions come while one types, and with Ctrl+Space; ArrowDown enters them, and
// shows the queries of before where there are none.

import { queriesLike, suggest } from "./complete.js";
import { element } from "./dom.js";

const Most = 12;

export class QueryBox {
  #box;
  #list;
  #live;
  #suggestions = [];
  #active = -1;
  #asked = 0;

  /** @param {HTMLTextAreaElement} box  @param {HTMLButtonElement} history */
  constructor(box, history) {
    this.#box = box;
    const id = `${box.id}-suggestions`;
    this.#list = element("ul", { id, role: "listbox", class: "suggestions", "aria-label": "Suggestions", hidden: "" });
    this.#live = element("span", { class: "visually-hidden", role: "status" });
    box.parentElement.append(this.#list, this.#live);
    box.setAttribute("aria-autocomplete", "list");
    box.setAttribute("aria-controls", id);
    box.addEventListener("input", () => this.#suggest());
    box.addEventListener("keydown", event => this.#key(event));
    box.addEventListener("blur", () => this.close());
    this.#list.addEventListener("pointerdown", event => {
      // The box keeps the focus.
      event.preventDefault();
      const option = event.target.closest("[role=option]");
      if (option) this.#accept([...this.#list.children].indexOf(option));
    });
    history.addEventListener("pointerdown", event => event.preventDefault());
    history.addEventListener("click", () => {
      box.focus();
      this.#show(queriesLike(""), "No query of before is kept in this browser.");
    });
  }

  get value() {
    return this.#box.value.trim();
  }

  set value(text) {
    this.#box.value = text;
    this.close();
  }

  close() {
    this.#asked++;
    this.#suggestions = [];
    this.#active = -1;
    this.#list.hidden = true;
    this.#list.replaceChildren();
    this.#box.removeAttribute("aria-activedescendant");
  }

  async #suggest(orHistory = false) {
    const asked = ++this.#asked;
    let found = [];
    try {
      found = await suggest(this.#box.value, this.#box.selectionStart);
    } catch {
      // Without the store there is nothing to suggest; asking says why.
    }
    if (asked !== this.#asked) return;
    this.#show(found.length === 0 && orHistory ? queriesLike("") : found);
  }

  #show(suggestions, otherwise = "") {
    this.close();
    this.#suggestions = suggestions.slice(0, Most);
    this.#live.textContent = suggestions.length === 0 ? otherwise : `${suggestions.length} suggestions`;
    this.#list.append(...this.#suggestions.map(({ text, kind }, i) =>
      element("li", { role: "option", id: `${this.#list.id}-${i}`, "aria-selected": "false" }, element("span", {}, text), " ", element("small", {}, kind))));
    this.#list.hidden = this.#suggestions.length === 0;
  }

  #key(event) {
    const isOpen = !this.#list.hidden;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      if (this.#active >= 0) this.#accept(this.#active);
      else this.#box.form.requestSubmit();
    } else if (event.key === "Tab" && this.#active >= 0) {
      event.preventDefault();
      this.#accept(this.#active);
    } else if (event.key === "Escape" && isOpen) {
      event.preventDefault();
      this.close();
    } else if (event.key === " " && event.ctrlKey) {
      event.preventDefault();
      this.#suggest(true);
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && isOpen) {
      event.preventDefault();
      this.#choose(this.#active + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "ArrowDown" && this.#isLastLine()) {
      event.preventDefault();
      this.#suggest(true);
    }
  }

  #isLastLine() {
    return !this.#box.value.slice(this.#box.selectionStart).includes("\n");
  }

  #choose(index) {
    const all = [...this.#list.children];
    this.#active = (index + all.length) % all.length;
    all.forEach((option, i) => option.setAttribute("aria-selected", String(i === this.#active)));
    all[this.#active].scrollIntoView({ block: "nearest" });
    this.#box.setAttribute("aria-activedescendant", all[this.#active].id);
  }

  #accept(index) {
    const { from, to, insert, kind } = this.#suggestions[index];
    this.#box.focus();
    this.#box.setRangeText(insert, from, to, "end");
    this.close();
    // A label is followed by its values.
    if (kind === "label" || kind === "field") this.#suggest();
  }
}
