// @ts-check
/** The card that a newcomer finds: a few things to try, each one click away. */

import { h, icon } from "./dom.js";
import * as storage from "./storage.js";

/** @import { Try } from "./types" */

const TRIED = "cohort-bot tried";
const CLOSED = "closed";

export class WelcomeCard {
  #tried = new Set(storage.read(TRIED)?.split("\n"));
  /** @type {Try[]} */
  #tries = [];
  #choose;
  #list = h("ul", { class: "welcome-tries" });
  element = h("li", { class: "welcome" },
    h("section", { class: "welcome-card", "aria-labelledby": "welcome-title" },
      h("h2", { id: "welcome-title" }, "Three things to try"),
      h("p", {}, "Nothing here can break, and nobody real reads it."),
      this.#list,
      h("button", { class: "icon-button welcome-close", type: "button", "aria-label": "Close this card", title: "Close this card", on: { click: () => this.#close() } }, icon("close"))));
  #closed;

  /** @param {(what: Try) => unknown} choose @param {() => void} closed is called once the reader closed it */
  constructor(choose, closed) {
    this.#choose = choose;
    this.#closed = closed;
  }

  /**
   * The card for what there is to try now, null where it is not wanted any more.
   * @param {Try[]} tries
   */
  draw(tries) {
    if (tries.length === 0 || this.#tried.has(CLOSED)) return null;
    const key = JSON.stringify(tries);
    if (key !== JSON.stringify(this.#tries)) {
      this.#tries = tries;
      this.#list.replaceChildren(...tries.map((each) => this.#item(each)));
    }
    return this.element;
  }

  /** @param {Try} what */
  #item(what) {
    const done = icon("check", "icon welcome-done");
    const button = h("button", { class: `welcome-try ${this.#tried.has(what.title) ? "tried" : ""}`, type: "button" },
      h("span", { class: "welcome-name" }, what.title, done), h("span", { class: "welcome-why" }, what.why));
    button.addEventListener("click", () => {
      button.classList.add("tried");
      this.#remember(what.title);
      this.#choose(what);
    });
    return h("li", {}, button);
  }

  #close() {
    this.#remember(CLOSED);
    this.#closed();
  }

  /** @param {string} what */
  #remember(what) {
    this.#tried.add(what);
    storage.write(TRIED, [...this.#tried].join("\n"));
  }
}
