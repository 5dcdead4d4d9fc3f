// @ts-check
/** The cohort's clock: it runs as the server's does, and can be moved to what comes next. */

import { fill, h, icon } from "./dom.js";
import { dateTime, setClock, upcoming } from "./time.js";

/** @import { App } from "./app.js" */
/** @import { ClockMove, State } from "./types" */

export class ClockBar {
  #app;
  #offset = 0;
  /** @type {string | undefined} */
  #zone;
  #now = h("span", { class: "clock-now" });
  #next;
  #busy = false;

  /** @param {App} app */
  constructor(app) {
    this.#app = app;
    this.#next = h("button", { class: "button clock-next", type: "button", on: { click: () => this.#move({ to: "next" }) } });
    /** @param {string} label @param {string} words @param {number} seconds */
    const step = (label, words, seconds) => h("button", { class: "button button-small button-quiet", type: "button", title: words, "aria-label": words, on: { click: () => this.#move({ forward: seconds }) } }, label);
    this.element = h("section", { class: "clock", "aria-label": "The cohort's clock" },
      h("span", { class: "clock-face" }, icon("clock"), this.#now),
      h("span", { class: "clock-moves" },
        h("span", { class: "clock-steps" }, step("+1 h", "Move the clock one hour forward", 3600), step("+1 day", "Move the clock one day forward", 86400)),
        this.#next));
    setInterval(() => this.#tick(), 1000);
  }

  now() {
    return new Date(Date.now() + this.#offset);
  }

  /** @param {State} state */
  draw({ clock, cohort }) {
    this.#offset = new Date(clock.now).getTime() - Date.now();
    this.#zone = cohort.zone ?? undefined;
    setClock(() => this.now(), this.#zone);
    this.#tick();
    if (clock.next) {
      fill(this.#next, icon("forward"), h("span", { class: "clock-lead" }, "Next", h("span", { class: "clock-long" }, " scheduled event"), ": "), h("b", { class: "clock-what" }, clock.next.what), h("span", { class: "clock-when" }, `, ${upcoming(new Date(clock.next.at))}`));
      this.#next.disabled = this.#busy;
    } else {
      fill(this.#next, h("span", {}, "Nothing is scheduled"));
      this.#next.disabled = true;
    }
  }

  #tick() {
    const words = dateTime(this.now());
    if (this.#now.dataset.words === words) return;
    this.#now.dataset.words = words;
    fill(this.#now, h("b", {}, words), h("span", { class: "clock-zone" }, this.#zone ? ` in ${this.#zone}` : ""));
  }

  /** @param {ClockMove} how */
  async #move(how) {
    if (this.#busy) return;
    this.#busy = true;
    this.element.classList.add("moving");
    this.#next.disabled = true;
    await this.#app.moveClock(how);
    this.#busy = false;
    this.element.classList.remove("moving");
    this.#next.disabled = !this.#app.state.clock.next;
  }
}
