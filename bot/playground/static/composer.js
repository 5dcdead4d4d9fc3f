// @ts-check
/** The command line at the bottom of a channel or thread, with its completion menu. */

import { announce, fill, h, icon } from "./dom.js";
import { completions } from "./completion.js";

/** @import { App } from "./app.js" */
/** @import { Args, Head, Item, Completions, Offer, Suggestion, Where } from "./types" */

let composerCount = 0;
const HISTORY = 50;

export class Composer {
  #app;
  #where;
  #menu = h("div", { class: "menu", hidden: true, on: { mousedown: (event) => event.preventDefault() } });
  #input;
  #error = h("p", { class: "line-error", role: "alert" });
  #suggestions = h("div", { class: "tries", role: "group", "aria-label": "Try one of these", hidden: true });
  /** @type {(Item & { option: HTMLElement })[]} */
  #items = [];
  #active = -1;
  #latestRequest = 0;
  /** @type {string[]} */
  #history = [];
  #historyIndex = -1;
  #acceptFirst = false;
  #stale = false;

  /** @param {App} app @param {() => Where} where @param {string} label what screen readers call the field */
  constructor(app, where, label) {
    this.#app = app;
    this.#where = where;
    composerCount += 1;
    this.id = `composer-${composerCount}`;
    this.#input = this.#field(label);
    this.element = this.#box();
  }

  /** @param {string} label */
  #field(label) {
    return h("textarea", {
      class: "line",
      rows: "1",
      id: this.id,
      "aria-label": label,
      "aria-haspopup": "listbox",
      "aria-controls": `${this.id}-menu`,
      "aria-autocomplete": "list",
      autocomplete: "off",
      autocapitalize: "off",
      spellcheck: "false",
      enterkeyhint: "send",
      placeholder: "Type / for commands",
      on: {
        input: () => this.#inputChanged(),
        keydown: (event) => this.#key(event),
        blur: () => this.#close(),
        focus: () => this.#refresh(),
      },
    });
  }

  #box() {
    return h(
      "form",
      { class: "composer", on: { submit: (event) => { event.preventDefault(); this.#send(); } } },
      this.#menu,
      this.#error,
      h("div", { class: "line-box" },
        h("button", { class: "slash", type: "button", title: "Show all commands", "aria-label": "Show all commands", on: { click: () => this.set("/") } }, "/"),
        this.#input,
        h("button", { class: "send", type: "submit", title: "Send (Enter)", "aria-label": "Send" }, icon("send")),
      ),
      h("div", { class: "line-foot" }, this.#suggestions,
        h("p", { class: "line-help", "aria-hidden": "true" },
          h("span", {}, h("kbd", {}, "Tab"), " complete"),
          h("span", {}, h("kbd", {}, "↑"), h("kbd", {}, "↓"), " choose"),
          h("span", {}, h("kbd", {}, "Enter"), " send"))),
    );
  }

  /**
   * Put a line into the field and show what may follow.
   * @param {string} text
   */
  set(text) {
    this.#input.value = text;
    this.#input.focus();
    this.#input.setSelectionRange(text.length, text.length);
    this.#inputChanged();
  }

  focus() {
    this.#input.focus();
  }

  /**
   * Lines to try, one click away.
   * @param {Suggestion[]} suggestions
   */
  suggest(suggestions) {
    this.#suggestions.hidden = suggestions.length === 0;
    fill(this.#suggestions, h("span", { class: "tries-lead" }, "Try"), suggestions.map(({ text, why }) =>
      h("button", { class: "try", type: "button", title: why, on: { click: () => this.set(text) } }, text)));
  }

  /** @param {string} words */
  placeholder(words) {
    this.#input.placeholder = words;
  }

  #inputChanged() {
    this.#error.textContent = "";
    // Keep the old menu visible until new completions arrive, but do not let its items be chosen: they complete
    // the line before this change.
    this.#items = [];
    this.#active = -1;
    this.#acceptFirst = false;
    this.#stale = true;
    this.#grow();
    this.#refresh();
  }

  #grow() {
    this.#input.style.height = "auto";
    this.#input.style.height = `${Math.min(this.#input.scrollHeight, 160)}px`;
  }

  async #refresh() {
    const text = this.#input.value;
    this.#latestRequest += 1;
    const request = this.#latestRequest;
    if (!text.startsWith("/") || this.#input.selectionEnd < text.length) {
      this.#close();
      return;
    }
    const found = await completions(text, this.#app.commands, this.#app.groups, (...query) => this.#lookup(...query));
    if (request !== this.#latestRequest || this.#input.value !== text) return;
    if (!found) this.#close();
    else this.#show(found);
  }

  /** @param {string} command @param {string} param @param {string} text @param {Args} args */
  async #lookup(command, param, text, args) {
    const answer = await this.#app.connection.ask("complete", { ...this.#where(), command, param, text, args });
    return answer.ok ? answer.items : [];
  }

  /** @param {Completions} completions */
  #show({ head, sections, strict, note }) {
    this.#items = [];
    this.#stale = false;
    // It scrolls, so it can be reached by itself too; while one types, its options are chosen from the line.
    const list = h("div", { role: "listbox", tabindex: "0", id: `${this.id}-menu`, "aria-label": "Suggestions", class: "menu-list" });
    for (const section of sections.filter(({ items }) => items.length)) {
      const group = h("div", { role: "group", "aria-label": section.title || "Suggestions" });
      if (section.title) group.append(h("div", { class: "menu-title", "aria-hidden": "true" }, section.title));
      for (const item of section.items) group.append(this.#option(item));
      list.append(group);
    }
    fill(this.#menu, head && signature(head), note && h("p", { class: "menu-note" }, note), list);
    const opens = this.#menu.hidden;
    this.#menu.hidden = false;
    if (opens && this.#items.length > 0) announce(this.#items.length === 1 ? "1 suggestion" : `${this.#items.length} suggestions`);
    list.hidden = this.#items.length === 0;
    this.#highlight(strict && this.#items.length ? 0 : -1);
    if (this.#acceptFirst && this.#items.length) this.#accept(0);
  }

  /** @param {Item} item */
  #option(item) {
    const index = this.#items.length;
    const option = h(
      "div",
      {
        class: "option",
        role: "option",
        id: `${this.id}-option-${index}`,
        "aria-selected": "false",
        on: {
          mousedown: (event) => event.preventDefault(),
          click: () => this.#accept(index),
          mousemove: () => this.#active !== index && this.#highlight(index, false),
        },
      },
      h("span", { class: "option-label" }, h("bdi", {}, item.label)),
      h("span", { class: "option-detail" }, h("bdi", {}, item.detail)),
      item.badge && h("span", { class: "option-badge" }, item.badge),
    );
    this.#items.push({ ...item, option });
    return option;
  }

  /** @param {number} index */
  #highlight(index, scroll = true) {
    this.#items[this.#active]?.option.setAttribute("aria-selected", "false");
    this.#active = index;
    const item = this.#items[index];
    if (!item) {
      this.#input.removeAttribute("aria-activedescendant");
      return;
    }
    item.option.setAttribute("aria-selected", "true");
    this.#input.setAttribute("aria-activedescendant", item.option.id);
    if (scroll) item.option.scrollIntoView({ block: "nearest" });
  }

  /** @param {number} index */
  #accept(index) {
    const item = this.#items[index];
    if (item) this.set(item.text);
  }

  #close() {
    this.#latestRequest += 1;
    this.#stale = false;
    this.#menu.hidden = true;
    this.#items = [];
    this.#active = -1;
    this.#input.removeAttribute("aria-activedescendant");
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.isComposing) return;
    const open = !this.#menu.hidden && this.#items.length > 0;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && open) {
      event.preventDefault();
      const from = this.#active < 0 && step < 0 ? 0 : this.#active;
      this.#highlight((from + step + this.#items.length) % this.#items.length);
    } else if (step && (this.#input.value === "" || this.#historyIndex >= 0)) {
      event.preventDefault();
      this.#recall(step);
    } else if (event.key === "Tab" && !this.#menu.hidden && !event.shiftKey && (open || this.#stale)) {
      event.preventDefault();
      if (open) this.#accept(Math.max(this.#active, 0));
      else this.#acceptFirst = true;
    } else if (event.key === "Escape" && !this.#menu.hidden) {
      event.preventDefault();
      event.stopPropagation();
      this.#close();
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      if (open && this.#active >= 0) this.#accept(this.#active);
      else this.#send();
    }
  }

  /** @param {number} step */
  #recall(step) {
    const at = this.#historyIndex - step;
    if (at < -1 || at >= this.#history.length) return;
    this.#historyIndex = at;
    this.#input.value = at < 0 ? "" : this.#history[at];
    this.#grow();
  }

  async #send() {
    const text = this.#input.value.trim();
    if (text === "") return;
    const where = this.#where();
    this.#sent(text);
    const answer = await (text.startsWith("/") ? this.#app.run(where, text) : this.#app.say(where, text));
    if (answer.ok) return;
    if (this.#input.value === "") this.set(text);
    this.#close();
    const offers = (answer.offers ?? []).map((offer) =>
      h("button", { class: "try", type: "button", on: { click: () => this.#take(where, text, offer) } }, offer.label));
    fill(this.#error, answer.error, offers.length > 0 && h("span", { class: "offers", role: "group", "aria-label": "Do one of these" }, offers));
    announce(answer.error);
  }

  /**
   * Do what is offered beside a refusal; the line stays where it cannot be done.
   * @param {Where} where
   * @param {string} text
   * @param {Offer} offer
   */
  async #take(where, text, offer) {
    const answer = await this.#app.offer(where, offer);
    if (answer.ok && this.#input.value === text) this.#sent(text);
    if (!answer.ok) fill(this.#error, answer.error);
  }

  /** @param {string} text */
  #sent(text) {
    this.#history = [text, ...this.#history.filter((line) => line !== text)].slice(0, HISTORY);
    this.#historyIndex = -1;
    this.#input.value = "";
    this.#inputChanged();
    this.#close();
  }
}

/**
 * The line above the menu: the command, its parameters, and the help of the one that is being typed.
 * @param {Head} head
 */
function signature({ command, param }) {
  const names = command.params.map((each) =>
    h("span", { class: each === param ? "sig-param sig-now" : "sig-param" }, each.required ? each.name : `${each.name}?`),
  );
  return h(
    "div",
    { class: "signature" },
    h("div", { class: "sig-line" }, h("span", { class: "sig-name" }, `/${command.name}`), names, command.private && h("span", { class: "option-badge" }, icon("eye"), "only you see the answer")),
    h("div", { class: "sig-help" }, param ? h("span", {}, h("b", {}, param.label), param.help ? ` – ${param.help}` : "") : command.help),
  );
}
