// @ts-check
/** A text field with completion from the server: type to narrow, choose with keys or pointer. */

import { fill, h } from "./dom.js";

/** @import { Choice } from "./types" */

/** Between the field and its list, between the list and the edge of the window, and how tall the list may be. */
const GAP = 4;
const EDGE = 12;
const TALLEST = 232;

export class Picker {
  /** @type {string} */
  #id;
  /** @type {(text: string) => Promise<Choice[]>} */
  #lookup;
  /** @type {HTMLElement} */
  #list;
  /** @type {{ choice: Choice, option: HTMLElement }[]} */
  #options = [];
  #active = -1;
  #latestRequest = 0;
  /** @type {Choice | null} */
  #chosen = null;
  #moved;

  /** @param {string} id @param {string} value @param {(text: string) => Promise<Choice[]>} lookup */
  constructor(id, value, lookup) {
    this.#id = id;
    this.#lookup = lookup;
    this.#list = h("div", { class: "picker-list", role: "listbox", id: `${id}-list`, popover: "manual", "aria-label": "Suggestions" });
    this.input = h("input", {
      class: "input",
      id,
      type: "text",
      role: "combobox",
      "aria-expanded": "false",
      "aria-controls": `${id}-list`,
      "aria-autocomplete": "list",
      autocomplete: "off",
      value,
      on: {
        input: () => { this.#chosen = null; this.#refresh(); },
        click: () => this.#refresh(),
        blur: () => this.#close(),
        keydown: (event) => this.#key(event),
      },
    });
    this.element = h("div", { class: "picker" }, this.input, this.#list);
    this.#moved = () => this.#placeList();
  }

  value() {
    const shown = this.input.value.trim();
    return this.#chosen && this.#chosen.label === shown ? this.#chosen.value : shown;
  }

  async #refresh() {
    this.#latestRequest += 1;
    const request = this.#latestRequest;
    const choices = await this.#lookup(this.#chosen ? "" : this.input.value.trim());
    if (request === this.#latestRequest && this.input.isConnected) this.#show(choices);
  }

  /** @param {Choice[]} choices */
  #show(choices) {
    this.#active = -1;
    this.#options = choices.map((choice, index) => {
      const option = h(
        "div",
        {
          class: "option",
          role: "option",
          id: `${this.#id}-option-${index}`,
          "aria-selected": "false",
          on: { mousedown: (event) => event.preventDefault(), click: () => this.#choose(index), mousemove: () => this.#highlight(index) },
        },
        h("span", { class: "option-label" }, h("bdi", {}, choice.label)),
        h("span", { class: "option-detail" }, h("bdi", {}, choice.detail ?? "")),
      );
      return { choice, option };
    });
    fill(this.#list, this.#options.map(({ option }) => option));
    if (this.#options.length === 0) return void this.#close();
    this.input.setAttribute("aria-expanded", "true");
    this.#list.showPopover();
    this.#placeList();
    addEventListener("scroll", this.#moved, true);
    addEventListener("resize", this.#moved);
  }

  /** Put the list below the field, or above it where there is more room, never over it and never cut by the form. */
  #placeList() {
    const field = this.input.getBoundingClientRect();
    const [above, below] = [field.top - EDGE, innerHeight - field.bottom - EDGE];
    const up = below < Math.min(TALLEST, this.#list.scrollHeight) && above > below;
    const { style } = this.#list;
    style.left = `${field.left}px`;
    style.width = `${field.width}px`;
    style.maxHeight = `${Math.min(TALLEST, up ? above : below)}px`;
    style.top = up ? "auto" : `${field.bottom + GAP}px`;
    style.bottom = up ? `${innerHeight - field.top + GAP}px` : "auto";
  }

  /** @param {number} index */
  #highlight(index) {
    this.#options[this.#active]?.option.setAttribute("aria-selected", "false");
    this.#active = index;
    const { option } = this.#options[index];
    option.setAttribute("aria-selected", "true");
    this.input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  /** @param {number} index */
  #choose(index) {
    const { choice } = this.#options[index];
    this.#chosen = choice;
    this.input.value = choice.label;
    this.#close();
  }

  #close() {
    this.#latestRequest += 1;
    this.#list.hidePopover();
    removeEventListener("scroll", this.#moved, true);
    removeEventListener("resize", this.#moved);
    this.#options = [];
    this.#active = -1;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (this.#options.length === 0) {
      if (step) this.#refresh();
      return;
    }
    if (step) {
      event.preventDefault();
      const from = this.#active < 0 && step < 0 ? 0 : this.#active;
      this.#highlight((from + step + this.#options.length) % this.#options.length);
    } else if (event.key === "Enter" && this.#active >= 0) {
      event.preventDefault();
      this.#choose(this.#active);
    } else if (event.key === "Tab" && this.#active >= 0) {
      this.#choose(this.#active);
    } else if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      this.#close();
    }
  }
}
