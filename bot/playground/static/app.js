// @ts-check
/** The playground's page: keeps what the server says, and puts the pieces together. */

import { announce, fill, find, h, icon, part, toast } from "./dom.js";
import { ClockBar } from "./clock.js";
import { Composer } from "./composer.js";
import { Draft } from "./drafts.js";
import { openForm } from "./form.js";
import { MessageList, emptyState } from "./messages.js";
import { Connection } from "./protocol.js";
import { Sidebar } from "./sidebar.js";
import { plainText } from "./text.js";
import { WelcomeCard } from "./welcome.js";
import * as theme from "./theme.js";

/** @import { FieldLookup, Send } from "./form.js" */
/** @import { Args, Asked, Button, ClockMove, Command, Events, Form, Group, Message, Offer, Person, Place, Pressed, State, Try, Where } from "./types" */

const SLOW_MS = 300;
const PERSON_KEY = "cohort-bot person";

export class App {
  /** @type {State} what the welcome brings, before anything of it is shown */
  state = /** @type {any} */ (null);
  /** @type {Command[]} */
  commands = [];
  /** @type {Group[]} */
  groups = [];
  placeId = "";
  /** @type {Message | null} */
  thread = null;
  /** @type {Map<string, number>} */
  unread = new Map();
  /** @type {Map<string, Person>} */
  #people = new Map();
  /** @type {Map<symbol, Where>} */
  #working = new Map();

  title = h("div", { class: "place-title" });
  status = h("div", { class: "offline", role: "status", hidden: true });
  threadWhere = h("span", { class: "faint" });
  themeButton = h("button", { class: "icon-button", type: "button", on: { click: () => { theme.toggle(); this.#drawTheme(); } } });
  scrim = h("div", { class: "scrim", hidden: true, on: { click: () => this.drawer(false) } });

  constructor() {
    this.connection = new Connection(() => ({ person: sessionStorage.getItem(PERSON_KEY) }));
    this.sidebar = new Sidebar(this);
    this.clock = new ClockBar(this);
    this.list = new MessageList(this, { label: "Messages", onMore: () => this.#earlier() });
    this.welcome = new WelcomeCard((what) => this.#try(what), () => { this.list.showCard(null); this.composer.focus(); });
    this.threadList = new MessageList(this, { inThread: true, label: "Messages of the thread" });
    this.composer = new Composer(this, () => ({ place: this.placeId, thread: null }), "Message or command");
    this.threadComposer = new Composer(this, () => ({ place: this.placeId, thread: this.thread?.id ?? null }), "Reply or command in the thread");
    this.threadPanel = this.#threadPanel();
    this.main = this.#main();
    this.#build();
    this.#listen();
    this.connection.open();
  }

  // ---- the page

  #threadPanel() {
    return h("section", { class: "thread", "aria-label": "Thread", hidden: true, on: { keydown: (event) => event.key === "Escape" && !event.defaultPrevented && this.closeThread() } },
      h("header", { class: "thread-head" }, h("div", {}, h("h2", {}, "Thread"), this.threadWhere),
        h("button", { class: "icon-button", type: "button", "aria-label": "Close the thread", title: "Close (Esc)", on: { click: () => this.closeThread() } }, icon("close"))),
      this.threadList.element,
      this.threadComposer.element);
  }

  #main() {
    return h("main", { class: "main" },
      h("header", { class: "top" },
        h("button", { class: "icon-button drawer-open", type: "button", "aria-label": "Open the side bar", "aria-controls": "sidebar", on: { click: () => this.drawer(true) } }, icon("menu")),
        this.title,
        h("span", { class: "chip chip-sample top-sample", hidden: true }, "Sample data"),
        this.themeButton),
      this.clock.element,
      this.clock.report.element,
      this.status,
      this.list.element,
      this.composer.element);
  }

  #build() {
    fill(part("app"), this.sidebar.element, this.scrim, this.main, this.threadPanel);
    this.#drawTheme();
    document.addEventListener("keydown", (event) => this.#shortcut(event));
  }

  #drawTheme() {
    const dark = theme.current() === "dark";
    const words = dark ? "Switch to the light theme" : "Switch to the dark theme";
    this.themeButton.setAttribute("aria-label", words);
    this.themeButton.title = words;
    fill(this.themeButton, icon(dark ? "sun" : "moon"));
  }

  /** @param {KeyboardEvent} event */
  #shortcut(event) {
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement?.tagName ?? "");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !document.querySelector("dialog[open]")) {
      event.preventDefault();
      this.composer.set("/");
    }
    if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog[open], :popover-open")) return;
    if (this.main.inert) this.drawer(false);
    else if (!typing) this.composer.focus();
  }

  /**
   * Open or close the side bar where it is a drawer (narrow windows).
   * @param {boolean} open
   */
  drawer(open) {
    document.body.classList.toggle("drawer", open);
    this.scrim.hidden = !open;
    this.main.inert = open;
    const target = open ? find(this.sidebar.element, "button") : find(this.main, ".drawer-open");
    target?.focus();
  }

  // ---- what the server says

  #listen() {
    /** @type {<N extends keyof Events>(name: N, handle: (detail: Events[N]) => void) => void} */
    const on = (name, handle) => this.connection.addEventListener(name, (event) => handle(/** @type {CustomEvent} */ (event).detail));
    on("welcome", (frame) => this.#welcome(frame));
    on("state", (frame) => this.#setState(frame.state));
    on("clock", ({ now }) => this.clock.set(now));
    on("message", ({ message }) => this.#addMessage(message));
    on("edit", ({ message }) => this.#editMessage(message));
    on("remove", ({ message }) => { this.list.remove(message); this.threadList.remove(message); });
    on("offline", () => this.#offline());
  }

  #offline() {
    document.body.classList.add("is-offline");
    this.status.hidden = false;
    fill(this.status, icon("alert"), h("span", {}, "The connection was lost. Trying again; what you sent will be finished."));
  }

  /** @param {Events["welcome"]} frame */
  async #welcome({ state, commands, groups }) {
    const again = document.body.classList.contains("is-offline");
    document.body.classList.remove("is-offline");
    this.status.hidden = true;
    [this.commands, this.groups] = [commands, groups];
    this.#setState(state);
    if (again) announce("Connected again.");
    document.body.classList.remove("loading");
    await this.#load(again);
  }

  /** @param {State} state */
  #setState(state) {
    const zone = Boolean(this.state) && this.state.cohort.zone !== state.cohort.zone;
    this.state = state;
    this.#people = new Map(state.people.map((person) => [person.id, person]));
    if (!state.places.some((place) => place.id === this.placeId)) {
      const wantedId = this.placeId || decodeURIComponent(location.hash.slice(1));
      const place = state.places.find(({ id, kind }) => id === wantedId || (kind === "direct" && wantedId.startsWith("dm:"))) ?? state.places[0];
      this.placeId = place.id;
      this.closeThread(false);
    }
    this.clock.draw(state);
    this.#draw();
    this.list.refresh(zone);
    this.threadList.refresh(zone);
  }

  #draw() {
    const place = this.#currentPlace;
    this.sidebar.draw();
    fill(this.title,
      place.kind === "channel" ? icon("hash") : icon("chat"),
      h("h1", {}, h("bdi", {}, place.name)),
      place.topic && h("span", { class: "topic" }, h("bdi", {}, place.topic)));
    const sample = find(this.main, ".top-sample");
    if (sample) sample.hidden = !this.state.cohort.sample;
    this.composer.placeholder(`Message ${place.kind === "channel" ? "#" : ""}${place.name}, or type /`);
    this.composer.suggest(this.state.suggestions);
    this.threadComposer.placeholder("Reply, or type /");
    document.title = `${place.kind === "channel" ? "#" : ""}${place.name} · cohort-bot playground`;
  }

  /** @param {string} id */
  #place(id) {
    return this.state.places.find((place) => place.id === id);
  }

  /** The place that is open: always one of the state's. */
  get #currentPlace() {
    return /** @type {Place} */ (this.#place(this.placeId));
  }

  /** @param {string} id */
  person(id) {
    return this.#people.get(id);
  }

  get me() {
    return /** @type {Person} */ (this.#people.get(this.state.me));
  }

  /** @param {Message} message */
  #addMessage(message) {
    const here = message.place === this.placeId;
    const list = this.#listOf(message);
    const mine = message.author === this.state.me || message.via?.person === this.state.me;
    list?.put(message, mine);
    if (!list && !mine && (!here || !message.thread)) {
      this.unread.set(message.place, (this.unread.get(message.place) ?? 0) + 1);
      this.sidebar.draw();
    }
    const who = this.person(message.author);
    if (list && message.author !== this.state.me) announce(`${who?.name ?? "Somebody"}: ${plainText(message.text)}`);
  }

  /** @param {Message} message */
  #editMessage(message) {
    this.#listOf(message)?.put(message);
    if (this.thread?.id === message.id) this.threadList.put({ ...message, replies: 0 });
  }

  /** @param {Message} message */
  #listOf(message) {
    if (message.place !== this.placeId) return null;
    if (!message.thread) return this.list;
    return this.thread?.id === message.thread ? this.threadList : null;
  }

  // ---- places and threads

  /** @param {string} id */
  async openPlace(id, focus = true) {
    if (document.body.classList.contains("drawer")) this.drawer(false);
    if (id === this.placeId) return;
    this.placeId = id;
    history.replaceState(null, "", `#${encodeURIComponent(id)}`);
    this.closeThread(false);
    await this.#load();
    if (focus && matchMedia("(hover: hover)").matches) this.composer.focus();
  }

  /** Show the place's messages; after a lost connection those that are there may `stay` until then. */
  async #load(stay = false) {
    const place = this.placeId;
    this.unread.delete(place);
    this.#draw();
    const key = this.list.startLoading(stay);
    this.#showWorking();
    const answer = await this.connection.ask("history", { place });
    if (!answer.ok) return this.#notLoaded(this.list, key, answer);
    if (place === this.placeId) {
      this.list.showLoaded(key, answer.messages, answer.more, this.#empty());
      const channel = this.#currentPlace.kind === "channel" && answer.messages.length > 0;
      this.list.showCard(null);
      this.list.showCard(channel ? this.welcome.draw(this.state.tries) : null);
    }
    if (this.thread) await this.#loadThread(this.thread, stay);
  }

  /** @param {MessageList} list @param {Map<string, Message | null>} key @param {{ error: string }} refusal */
  #notLoaded(list, key, { error }) {
    list.cancelLoading(key);
    toast(error, "error");
  }

  #empty() {
    const place = this.#currentPlace;
    const direct = place.kind === "direct";
    const title = direct ? "Just you and the bot" : `This is the beginning of #${place.name}`;
    const words = direct
      ? "Everything you ask here stays between the two of you. Some things to try:"
      : "Type / to see everything the bot can do, or begin with one of these:";
    return emptyState(title, words, this.state.suggestions, (text) => this.#suggested(text));
  }

  /**
   * A command that asks for what it needs in a form opens it at once; any other is put into the line, to be sent or not.
   * @param {string} text
   */
  #suggested(text) {
    const command = this.commands.find(({ name }) => `/${name}` === text);
    if (command?.form && command.params.some(({ required }) => required)) this.#try({ line: text, forward: null });
    else this.composer.set(text);
  }

  async #earlier() {
    const answer = await this.connection.ask("history", { place: this.placeId, before: this.list.oldest });
    if (answer.ok) this.list.prepend(answer.messages, answer.more);
  }

  /** @param {Message} message */
  async openThread(message) {
    this.thread = message;
    this.threadPanel.hidden = false;
    document.body.classList.add("with-thread");
    this.threadWhere.textContent = `#${this.#currentPlace.name}`;
    await this.#loadThread(message);
    if (matchMedia("(hover: hover)").matches) this.threadComposer.focus();
  }

  /** @param {Message} message */
  async #loadThread({ id }, stay = false) {
    const key = this.threadList.startLoading(stay);
    const answer = await this.connection.ask("history", { place: this.placeId, thread: id });
    if (!answer.ok) return this.#notLoaded(this.threadList, key, answer);
    if (this.thread?.id === id) this.threadList.showLoaded(key, answer.messages.map((message) => ({ ...message, replies: 0 })), false);
  }

  closeThread(refocus = true) {
    if (!this.thread) return;
    const { id } = this.thread;
    this.thread = null;
    this.threadPanel.hidden = true;
    document.body.classList.remove("with-thread");
    if (refocus) (find(this.main, `[data-message="${CSS.escape(id)}"] .replies`) ?? find(this.main, ".line"))?.focus();
  }

  // ---- what I do

  /** @param {Where} where @param {string} text */
  say(where, text) {
    return this.#call("say", { ...where, text }, where);
  }

  /** @param {Where} where @param {string} text */
  run(where, text) {
    return this.#call("command", { ...where, text }, where);
  }

  /** @param {Pick<Try, "line" | "forward">} what */
  async #try({ line, forward }) {
    if (forward !== null) return this.clock.move({ forward });
    const where = { place: this.placeId, thread: null };
    const answer = await this.run(where, line ?? "");
    if (!answer.ok) toast(answer.error, "error");
    else if (!answer.form) this.composer.focus();
  }

  /** @param {Message} message @param {Button} button */
  async click(message, button) {
    const where = { place: message.place, thread: message.thread };
    const pressed = { message: message.id, button: button.id };
    const answer = await this.#call("click", { ...where, ...pressed }, where, pressed);
    if (!answer.ok) toast(answer.error, "error");
  }

  /**
   * A button beside a refusal.
   * @param {Where} where
   * @param {Offer} offer
   */
  offer(where, { label, call }) {
    return this.#call("offer", { ...where, label, call }, where);
  }

  /**
   * @param {"say" | "command" | "click" | "offer"} type
   * @param {Asked<"say" | "command" | "click" | "offer">} fields
   * @param {Where} where
   * @param {Pressed} [pressed]
   */
  async #call(type, fields, where, pressed) {
    const answer = await this.#busy(where, () => this.connection.ask(type, fields));
    if (answer.ok && answer.form) this.#openForm(answer.form, where, pressed);
    return answer;
  }

  /** @param {Form} form @param {Where} where @param {Pressed} [pressed] the button that it came from */
  #openForm(form, where, pressed) {
    /** @type {Send} */
    const send = async (values) => {
      const answer = await this.#busy(where, () => this.connection.ask("submit", { ...where, ...pressed, form: form.id, values }));
      if (answer.ok && answer.form) this.#openForm(answer.form, where, pressed);
      return answer;
    };
    /** @type {FieldLookup} */
    const lookup = async (field, text, values) => {
      const plain = /** @type {Args} */ (Object.fromEntries(Object.entries(values).filter(([, value]) => typeof value === "string")));
      const answer = await this.connection.ask("complete", { ...where, form: form.id, command: form.command, param: field.name, text, args: plain });
      return answer.ok ? answer.items : [];
    };
    const closed = (/** @type {boolean} */ sent) => this.#comeBack(sent, where);
    openForm(form, send, lookup, { draft: new Draft(form, this.state.me), take: (offer) => this.offer(where, offer), closed });
  }

  /**
   * What was open over the page is closed: back to the line, unless it was given up and what opened it is still there.
   * @param {boolean} done @param {Where} where
   */
  #comeBack(done, where) {
    if (document.querySelector("dialog[open]")) return;
    if (done || document.activeElement === document.body) (where.thread ? this.threadComposer : this.composer).focus();
  }

  /**
   * Show that the bot is at work where the answer will stand, once it takes longer than a moment.
   * @template T
   * @param {Where} where
   * @param {() => Promise<T>} work
   */
  async #busy({ place, thread }, work) {
    const token = Symbol("call");
    const timer = setTimeout(() => { this.#working.set(token, { place, thread }); this.#showWorking(); }, SLOW_MS);
    try {
      return await work();
    } finally {
      clearTimeout(timer);
      if (this.#working.delete(token)) this.#showWorking();
    }
  }

  #showWorking() {
    const calls = [...this.#working.values()].filter(({ place }) => place === this.placeId);
    this.list.working(calls.some(({ thread }) => !thread));
    this.threadList.working(calls.some(({ thread }) => thread && thread === this.thread?.id));
  }

  /** @param {string} person */
  async become(person) {
    sessionStorage.setItem(PERSON_KEY, person);
    const answer = await this.connection.ask("become", { person });
    if (!answer.ok) {
      toast(answer.error, "error");
      return;
    }
    this.unread.clear();
    this.closeThread(false);
    await this.#load();
    toast(`You are now ${this.me.name}.`);
  }

  /** @param {ClockMove} how */
  async moveClock(how) {
    const answer = await this.connection.ask("clock", how);
    if (!answer.ok) {
      toast(answer.error, "error");
      return;
    }
    const posted = (answer.posted ?? []).filter(({ place }) => this.#place(place));
    const digest = posted.find(({ place }) => place === answer.digest);
    const here = posted.some(({ place }) => place === this.placeId);
    if (digest || (posted.length && !here)) await this.openPlace(digest?.place ?? posted[0].place, false);
    this.clock.report.show({ ...answer, posted });
    if (digest) this.list.reveal(digest.last);
    else this.list.scrollToEnd();
  }

  /** @param {"empty" | "sample"} to */
  async reset(to) {
    /** @type {[string, string, string]} */
    const words = to === "empty"
      ? ["Start an empty cohort?", "The sample people's papers, check-ins and messages are cleared away. You can come back to a fresh sample at any time.", "Start empty"]
      : ["Back to the sample cohort?", "What you made here is cleared away, and the sample cohort is made afresh.", "Back to the sample"];
    if (!(await confirmed(...words))) return;
    const answer = await this.connection.ask("reset", { to });
    if (!answer.ok) {
      toast(answer.error, "error");
      return;
    }
    this.unread.clear();
    this.clock.report.hide();
    this.closeThread(false);
    if (document.body.classList.contains("drawer")) this.drawer(false);
    await this.#load();
    toast(to === "empty" ? "A clean start. Set the cohort up with /cohort-admin setup." : "The sample cohort is back.");
  }
}

/**
 * Ask before something that cannot be taken back.
 * @param {string} title
 * @param {string} words
 * @param {string} yes
 * @returns {Promise<boolean>}
 */
function confirmed(title, words, yes) {
  return new Promise((resolve) => {
    /** @param {boolean} value */
    const close = (value) => { resolve(value); dialog.close(); };
    /** @type {HTMLDialogElement} */
    const dialog = h("dialog", { class: "form-dialog confirm", role: "alertdialog", "aria-labelledby": "confirm-title", "aria-describedby": "confirm-words", on: { close: () => { resolve(false); dialog.remove(); } } },
      h("header", { class: "dialog-head" }, h("h2", { id: "confirm-title" }, title)),
      h("div", { class: "dialog-body" }, h("p", { id: "confirm-words" }, words)),
      h("footer", { class: "dialog-foot" },
        h("button", { class: "button", type: "button", autofocus: true, on: { click: () => close(false) } }, "Cancel"),
        h("button", { class: "button button-primary", type: "button", on: { click: () => close(true) } }, yes)));
    document.body.append(dialog);
    dialog.showModal();
  });
}

new App();
