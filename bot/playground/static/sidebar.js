// @ts-check
/** Channels, direct messages, and the picker for who I am. */

import { avatar, fill, find, h, icon } from "./dom.js";

/** @import { App } from "./app.js" */
/** @import { Person, Place, State } from "./types" */

const ROLES = { organizer: "Organizer", mentor: "Mentor", member: "Member", none: "Not in the cohort" };

export class Sidebar {
  #app;
  #head = h("div", { class: "side-head" });
  #places = h("nav", { class: "side-places", "aria-label": "Places" });
  #me = h("div", { class: "side-me" });
  #people = h("div", { class: "people", id: "people", popover: "auto", role: "dialog", "aria-label": "Choose who you are" });

  /** @param {App} app */
  constructor(app) {
    this.#app = app;
    this.element = h("aside", { class: "sidebar", id: "sidebar", "aria-label": "Cohort" }, this.#head, this.#places, this.#me);
    document.body.append(this.#people);
    this.#people.addEventListener("keydown", (event) => moveFocus(event, this.#people.querySelectorAll("button")));
  }

  /** Draw again; what had the focus has it afterwards. */
  draw() {
    const { state } = this.#app;
    const focused = document.activeElement instanceof HTMLElement && this.element.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    this.#drawHead(state.cohort);
    this.#drawPlaces(state.places);
    this.#drawMe();
    if (focused) find(this.element, `[data-key="${CSS.escape(focused)}"]`)?.focus();
  }

  /** @param {State["cohort"]} cohort */
  #drawHead(cohort) {
    fill(
      this.#head,
      h("div", { class: "side-title" },
        h("h2", {}, h("bdi", {}, cohort.exists ? cohort.name : "No cohort yet")),
        h("button", { class: "icon-button drawer-close", type: "button", "aria-label": "Close the side bar", on: { click: () => this.#app.drawer(false) } }, icon("close"))),
      cohort.sample
        ? h("p", { class: "side-note" }, h("span", { class: "chip chip-sample" }, "Sample data"), " Made-up people and papers. Try anything; it stays in the playground.")
        : h("p", { class: "side-note" }, h("span", { class: "chip" }, "Empty cohort"), cohort.exists ? " Everything here is yours." : " Begin with /cohort-admin setup."),
      h("button", { class: "button button-small button-quiet", type: "button", data: { key: "reset" }, on: { click: () => this.#app.reset(cohort.sample ? "empty" : "sample") } },
        icon("refresh"), cohort.sample ? "Start an empty cohort" : "Back to the sample cohort"),
    );
  }

  /** @param {Place[]} places */
  #drawPlaces(places) {
    /** @param {string} title @param {Place["kind"]} kind */
    const section = (title, kind) => {
      const shown = places.filter((place) => place.kind === kind);
      return [h("h2", { class: "side-section" }, title), h("ul", {}, shown.map((place) => h("li", {}, this.#place(place))))];
    };
    fill(this.#places, section("Channels", "channel"), section("Direct messages", "direct"));
  }

  /** @param {Place} place */
  #place(place) {
    const open = place.id === this.#app.placeId;
    const unread = this.#app.unread.get(place.id) ?? 0;
    const label = unread ? `${place.name}, ${unread} new` : place.name;
    return h(
      "button",
      { class: `side-place ${open ? "open" : ""} ${unread ? "unread" : ""}`, type: "button", data: { key: place.id }, "aria-current": open ? "page" : null, "aria-label": label, on: { click: () => this.#app.openPlace(place.id) } },
      place.kind === "channel" ? icon("hash") : avatar({ bot: true }, "tiny"),
      h("bdi", { class: "side-name" }, place.name),
      unread > 0 && h("span", { class: "count-badge", "aria-hidden": "true" }, String(unread)),
    );
  }

  #drawMe() {
    const me = this.#app.me;
    fill(
      this.#me,
      h("button", { class: "me", type: "button", data: { key: "me" }, popovertarget: "people", "aria-haspopup": "dialog", "aria-label": `You are ${me.name}, ${ROLES[me.role]}. Change` },
        avatar(me),
        h("span", { class: "me-words" }, h("bdi", { class: "me-name" }, me.name), h("span", { class: "faint" }, ROLES[me.role])),
        h("span", { class: "me-change" }, "Switch"),
        icon("chevron")),
    );
    const people = this.#app.state.people.filter((person) => !person.bot);
    const sections = Object.entries(ROLES).map(([role, title]) => {
      const inRole = people.filter((person) => person.role === role);
      return inRole.length > 0 && [h("h3", {}, role === "none" ? title : `${title}s`), inRole.map((person) => this.#personOption(person))];
    });
    fill(this.#people, h("p", { class: "people-head" }, "Who are you now? Everything is seen and done as this person."), sections);
  }

  /** @param {Person} person */
  #personOption(person) {
    const isMe = person.id === this.#app.me.id;
    return h("button", { class: `person ${isMe ? "chosen" : ""}`, type: "button", "aria-pressed": String(isMe), on: { click: () => { this.#people.hidePopover(); this.#app.become(person.id); } } },
      avatar(person),
      h("span", { class: "me-words" }, h("bdi", { class: "me-name" }, person.name), h("span", { class: "faint" }, person.note)),
      isMe && icon("check"));
  }
}

/** @param {KeyboardEvent} event @param {NodeListOf<HTMLElement>} buttons */
function moveFocus(event, buttons) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const all = [...buttons];
  const at = all.findIndex((button) => button === document.activeElement);
  all[(at + step + all.length) % all.length]?.focus();
}
