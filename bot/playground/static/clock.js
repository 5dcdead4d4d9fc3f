// @ts-check
/** The cohort's clock, the only one of the page: it runs as the server's does, and can be moved forward and back to now. */

import { announce, fill, h, icon } from "./dom.js";
import { dateTime, setClock, upcoming } from "./time.js";

/** @import { App } from "./app.js" */
/** @import { ClockMove, Moved, State } from "./types" */

export const WEEK_S = 7 * 86400;

export class ClockBar {
  #app;
  #offset = 0;
  /** @type {string | undefined} */
  #zone;
  #now = h("span", { class: "clock-now" });
  #next;
  #back;
  #busy = false;

  /** @param {App} app */
  constructor(app) {
    this.#app = app;
    this.report = new MoveReport(app);
    this.#next = this.#button("clock-next", "", { to: "next" });
    this.#back = this.#button("button-small clock-back", "Move the clock back to now", { to: "now" }, icon("back"), h("span", {}, "Back to now"));
    this.element = h("section", { class: "clock", "aria-label": "The cohort's clock" },
      h("span", { class: "clock-face" }, icon("clock"), this.#now),
      h("span", { class: "clock-moves" },
        h("span", { class: "clock-steps" }, this.#back,
          this.#step("+1 h", "Move the clock one hour forward", 3600),
          this.#step("+1 day", "Move the clock one day forward", 86400),
          this.#step("+1 week", "Let a week pass", WEEK_S)),
        this.#next));
    setInterval(() => this.#tick(), 1000);
  }

  /** @param {string} label @param {string} words @param {number} seconds */
  #step(label, words, seconds) {
    return this.#button("button-small button-quiet", words, { forward: seconds }, label);
  }

  /**
   * A button that moves the clock. While it moves, the others do nothing; none is disabled, which would take the focus
   * away.
   * @param {string} cssClass @param {string} words @param {ClockMove} how @param {(Node | string)[]} content
   */
  #button(cssClass, words, how, ...content) {
    return h("button", { class: `button ${cssClass}`, type: "button", title: words || null, "aria-label": words || null, on: { click: () => this.move(how) } }, ...content);
  }

  now() {
    return new Date(Date.now() + this.#offset);
  }

  /** @param {State} state */
  draw({ clock, cohort }) {
    this.#zone = cohort.zone ?? undefined;
    setClock(() => this.now(), this.#zone);
    this.set(clock.now);
    this.#back.hidden = !clock.ahead;
    if (clock.next) {
      fill(this.#next, icon("forward"), h("span", { class: "clock-lead" }, "Next", h("span", { class: "clock-long" }, " scheduled event"), ": "), h("b", { class: "clock-what" }, clock.next.what), h("span", { class: "clock-when" }, `, ${upcoming(new Date(clock.next.at))}`));
    } else {
      fill(this.#next, h("span", {}, "Nothing is scheduled"));
    }
    this.#next.setAttribute("aria-disabled", String(!clock.next));
  }

  /** @param {string} now what the server's clock shows */
  set(now) {
    this.#offset = new Date(now).getTime() - Date.now();
    this.#tick();
  }

  #tick() {
    const words = dateTime(this.now());
    const key = `${words} ${this.#zone}`;
    if (this.#now.dataset.words === key) return;
    this.#now.dataset.words = key;
    fill(this.#now, h("b", {}, words), h("span", { class: "clock-zone" }, this.#zone ? ` in ${this.#zone}` : ""));
  }

  /** @param {ClockMove} how */
  async move(how) {
    if (this.#busy || ("to" in how && how.to === "next" && !this.#app.state.clock.next)) return;
    this.#busy = true;
    this.element.classList.add("moving");
    this.element.setAttribute("aria-busy", "true");
    this.report.hide();
    await this.#app.moveClock(how);
    this.#busy = false;
    this.element.classList.remove("moving");
    this.element.removeAttribute("aria-busy");
    if (document.activeElement === document.body) this.#app.composer.focus(); // "Back to now" is gone once it was pressed
  }
}

/** What the last move of the clock did, until the reader closes it. */
class MoveReport {
  #app;
  element = h("section", { class: "moved", "aria-label": "What happened on the way", hidden: true });

  /** @param {App} app */
  constructor(app) {
    this.#app = app;
  }

  hide() {
    this.element.hidden = true;
  }

  /** @param {Moved} moved */
  show({ words, posted = [], digest }) {
    const [first, ...rest] = words;
    /** @param {string} id @param {string} label @param {string} style */
    const goTo = (id, label, style = "") => h("button", { class: `button button-small ${style}`, type: "button", on: { click: () => this.#open(id, posted) } }, label);
    fill(this.element,
      h("div", { class: "moved-words" }, h("p", {}, h("b", {}, first), " ", rest.join(" "))),
      h("div", { class: "moved-places" },
        digest && goTo(digest, "Read the digest", "button-primary"),
        posted.filter(({ place }) => place !== digest).map(({ place, count }) => goTo(place, `#${place} · ${count}`))),
      h("button", { class: "icon-button", type: "button", "aria-label": "Close this", title: "Close this", on: { click: () => { this.hide(); this.#app.composer.focus(); } } }, icon("close")));
    this.element.hidden = false;
    announce(words.join(" "));
  }

  /** @param {string} id @param {{ place: string, last: string }[]} posted */
  async #open(id, posted) {
    await this.#app.openPlace(id);
    const last = posted.find(({ place }) => place === id)?.last;
    if (last) this.#app.list.reveal(last);
  }
}
