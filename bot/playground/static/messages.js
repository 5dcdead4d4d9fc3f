// @ts-check
/** Messages as cards. */

import { actionButton, quietOld } from "./buttons.js";
import { avatar, bytes, h, icon } from "./dom.js";
import { enlarge } from "./lightbox.js";
import { follow } from "./pictures.js";
import { plainText, renderInline, renderText } from "./text.js";
import { dayKey, dayName, timestamp } from "./time.js";

/** @import { App } from "./app.js" */
/** @import { Block, Button, ListedRecord, Message, PictureBlock, Suggestion, TableBlock, Via } from "./types" */

const GROUPING_MS = 5 * 60 * 1000;

/** The list of one place or thread. */
export class MessageList {
  #app;
  #inThread;
  /** @type {Map<string, Message>} */
  #messages = new Map();
  /** @type {Map<string, HTMLElement>} */
  #nodes = new Map();
  /** @type {Map<string, HTMLElement>} */
  #days = new Map();
  #list;
  #working;
  #newest;
  #more;
  #atEnd = true;
  #lastTop = 0;
  /** @type {Map<string, Message | null> | null} */
  #loading = null;
  /** @type {HTMLElement | null} */
  #card = null;
  #cardAfter = 0;

  /** @param {App} app @param {{ inThread?: boolean, label: string, onMore?: () => void }} options */
  constructor(app, { inThread = false, label, onMore = () => {} }) {
    this.#app = app;
    this.#inThread = inThread;
    this.#list = h("ol", { class: "messages", "aria-label": label, "aria-busy": "true", on: { click: (event) => this.#typeCommand(event) } });
    this.#working = h("div", { class: "working", role: "status", hidden: true }, h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")), h("span", {}, "cohort-bot is working on it"));
    this.#more = h("button", { class: "button button-small more", type: "button", hidden: true, on: { click: onMore } }, "Show earlier messages");
    this.#newest = h("button", { class: "newest", type: "button", hidden: true, on: { click: () => this.scrollToEnd() } }, icon("down"), "New messages");
    this.scroller = h("div", { class: "scroller", tabindex: "0", role: "region", "aria-label": label, on: { scroll: () => this.#scrolled() } }, this.#more, this.#list, this.#working);
    this.element = h("div", { class: "stream" }, this.scroller, this.#newest);
  }

  /**
   * Put a command that a message names into the line, ready to be sent or completed.
   * @param {Event} event
   */
  #typeCommand({ target }) {
    const chip = target instanceof Element ? target.closest("button.command") : null;
    if (!(chip instanceof HTMLElement)) return;
    const composer = this.#inThread ? this.#app.threadComposer : this.#app.composer;
    composer.set(`${chip.dataset.line} `);
  }

  get size() {
    return this.#messages.size;
  }

  get oldest() {
    return this.#sorted()[0]?.id ?? null;
  }

  /**
   * Begin to load messages. Clear those on display, which belong to another place or person, unless they may
   * `stay`. Returns the key that `showLoaded` takes: of two requests only the later one's answer is shown.
   */
  startLoading(stay = false) {
    this.#list.setAttribute("aria-busy", "true");
    if (!stay) {
      this.#messages.clear();
      this.#more.hidden = true;
      this.showCard(null);
      this.#draw();
    }
    this.#loading = new Map();
    return this.#loading;
  }

  /**
   * Show these messages and those that arrived since they were asked for.
   * @param {Map<string, Message | null>} key
   * @param {Message[]} messages
   * @param {boolean} more
   * @param {HTMLElement} [empty]
   */
  showLoaded(key, messages, more, empty) {
    if (key !== this.#loading) return;
    this.#messages = new Map(messages.map((message) => [message.id, message]));
    for (const [id, message] of key) if (message) this.#messages.set(id, message); else this.#messages.delete(id);
    this.#endLoading();
    this.#more.hidden = !more;
    this.#draw();
    if (empty && this.#messages.size === 0) this.#list.append(h("li", { class: "empty-row" }, empty));
    this.scrollToEnd();
  }

  /**
   * Loading failed: what is on display stays.
   * @param {Map<string, Message | null>} key
   */
  cancelLoading(key) {
    if (key === this.#loading) this.#endLoading();
  }

  #endLoading() {
    this.#loading = null;
    this.#list.setAttribute("aria-busy", "false");
  }

  /**
   * Put older ones before what is there and stay where the reader is.
   * @param {Message[]} messages
   * @param {boolean} more
   */
  prepend(messages, more) {
    const fromEnd = this.scroller.scrollHeight - this.scroller.scrollTop;
    for (const message of messages) this.#messages.set(message.id, message);
    this.#more.hidden = !more;
    this.#draw();
    this.scroller.scrollTop = this.scroller.scrollHeight - fromEnd;
  }

  /**
   * A new or changed message. The reader is taken to a new one of their own, or if they were at the end.
   * @param {Message} message
   */
  put(message, own = false) {
    const isNew = !this.#messages.has(message.id);
    const stay = isNew && !own && !this.#atEnd;
    const buttons = () => [...(this.#nodes.get(message.id)?.querySelectorAll("button") ?? [])];
    const focused = buttons().findIndex((button) => button === document.activeElement);
    this.#loading?.set(message.id, message);
    this.#messages.set(message.id, message);
    this.#draw(isNew ? null : message.id);
    if (focused >= 0) buttons()[focused]?.focus({ preventScroll: true });
    if (!isNew) return void this.keepAtEnd();
    const node = this.#nodes.get(message.id);
    node?.classList.add("arriving");
    node?.addEventListener("animationend", () => node.classList.remove("arriving"), { once: true });
    if (stay) this.#newest.hidden = false;
    else this.scrollToEnd(true);
    if (!stay && node && node.offsetHeight > this.scroller.clientHeight) this.#startAt(node);
  }

  /** @param {string} id */
  remove(id) {
    this.#loading?.set(id, null);
    this.#messages.delete(id);
    this.#draw();
  }

  /** @param {boolean} on */
  working(on) {
    this.#working.hidden = !on;
    if (on && this.#atEnd) this.scrollToEnd(true);
  }

  scrollToEnd(smooth = false) {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.scroller.scrollTo({ top: this.scroller.scrollHeight, behavior: smooth && !calm ? "smooth" : "instant" });
    this.#newest.hidden = true;
    this.#atEnd = true;
  }

  /**
   * Show a message from its beginning.
   * @param {string} id
   */
  reveal(id) {
    const node = this.#nodes.get(id);
    if (!node) return;
    this.#startAt(node);
    this.#atEnd = this.#nearEnd();
    this.#newest.hidden = true;
  }

  /**
   * What is longer than the screen is read from its beginning.
   * @param {HTMLElement} node
   */
  #startAt(node) {
    this.scroller.scrollTo({ top: node.offsetTop - this.scroller.offsetTop, behavior: "instant" });
    this.#atEnd = false;
  }

  /** Stay at the end when something arrives, if the reader was there. */
  keepAtEnd() {
    if (this.#atEnd) this.scrollToEnd();
  }

  /** Follow new messages while the reader is at the end; scrolling up stops that until the end is reached again. */
  #scrolled() {
    const top = this.scroller.scrollTop;
    if (this.#nearEnd()) {
      this.#atEnd = true;
      this.#newest.hidden = true;
    } else if (top < this.#lastTop) this.#atEnd = false;
    this.#lastTop = top;
  }

  #nearEnd() {
    return this.scroller.scrollHeight - this.scroller.scrollTop - this.scroller.clientHeight < 120;
  }

  #sorted() {
    return [...this.#messages.values()].sort((a, b) => a.order - b.order);
  }

  /**
   * Draw again, for what depends on the clock: "Today" becomes "Yesterday". In another `zone` every time is another.
   */
  refresh(zone = false) {
    if (zone) this.#nodes.clear();
    if (this.#messages.size) this.#draw();
  }

  /**
   * Show a card below the messages that are there now, null for none; what is said later comes below it.
   * @param {HTMLElement | null} card
   */
  showCard(card) {
    if (!card) this.#card?.remove();
    if (card && !this.#card) this.#cardAfter = this.#sorted().at(-1)?.order ?? 0;
    this.#card = card;
    this.refresh();
    if (card && this.#atEnd) this.scrollToEnd();
  }

  /**
   * Draw again; nodes of unchanged messages stay where they are, `changed` (or a new one) is made anew.
   * @param {string | null} changed
   */
  #draw(changed = null) {
    if (changed) this.#nodes.delete(changed);
    const rows = [];
    const days = new Map();
    /** @type {Message | null} */
    let before = null;
    for (const message of this.#sorted()) {
      const at = new Date(message.at);
      if (!before || dayKey(new Date(before.at)) !== dayKey(at)) {
        const key = `${dayKey(at)} ${dayName(at)} ${message.id}`;
        days.set(key, this.#days.get(key) ?? h("li", { class: "day" }, h("span", {}, dayName(at))));
        rows.push(days.get(key));
        before = null;
      }
      const follows = before !== null && isSameGroup(before, message);
      let node = this.#nodes.get(message.id);
      if (!node || node.classList.contains("follows") !== follows) node = this.#node(message, follows);
      this.#nodes.set(message.id, node);
      rows.push(node);
      before = message;
    }
    if (this.#card) {
      const later = this.#sorted().find((message) => message.order > this.#cardAfter);
      const at = later ? rows.indexOf(this.#nodes.get(later.id)) : rows.length;
      rows.splice(rows[at - 1]?.classList.contains("day") ? at - 1 : at, 0, this.#card);
    }
    this.#days = days;
    for (const id of [...this.#nodes.keys()]) if (!this.#messages.has(id)) this.#nodes.delete(id);
    arrange(this.#list, rows);
    quietOld(this.#sorted(), this.#nodes, this.#app.clock.now());
  }

  /** @param {Message} message @param {boolean} follows */
  #node(message, follows) {
    const author = this.#app.person(message.author);
    const kind = [message.private && "private", message.error && "failed", author?.bot && "from-bot", follows && "follows"].filter(Boolean).join(" ");
    return h(
      "li",
      { class: `message ${kind}`, data: { message: message.id } },
      message.via && this.#via(message.via),
      !this.#inThread && !message.private && h("button", { class: "icon-button reply", type: "button", title: "Reply in thread", "aria-label": "Reply in thread", on: { click: () => this.#app.openThread(message) } }, icon("thread")),
      h("div", { class: "message-row" },
        follows ? h("span", { class: "gutter" }, timestamp(message.at)) : avatar(author),
        h("div", { class: "message-main" },
          !follows && h("div", { class: "message-head" },
            h("span", { class: "author" }, h("bdi", {}, author?.name ?? "Somebody")),
            author?.bot && h("span", { class: "tag" }, "bot"),
            timestamp(message.at),
          ),
          message.private && h("p", { class: "only-you" }, icon("eye"), message.error ? "That did not work. Only you can see this." : "Only you can see this."),
          h("div", { class: "text" }, renderText(message.text)),
          message.blocks.map((block) => this.#block(block, message)),
          !this.#inThread && message.replies > 0 && this.#replies(message),
        ),
      ),
    );
  }

  /** @param {Via} via */
  #via({ person, text, button }) {
    const who = this.#app.person(person);
    const what = button ? ["pressed ", h("b", {}, h("bdi", {}, text))] : ["used ", h("code", { dir: "auto" }, text)];
    return h("div", { class: "via" }, h("span", { class: "via-line", "aria-hidden": "true" }), avatar(who, "tiny"), h("bdi", { class: "via-name" }, who?.name ?? "Somebody"), ...what);
  }

  /** @param {Message} message */
  #replies(message) {
    const words = message.replies === 1 ? "1 reply" : `${message.replies} replies`;
    return h("button", { class: "replies", type: "button", on: { click: () => this.#app.openThread(message) } }, icon("thread"), h("b", {}, words), message.last_reply && h("span", { class: "faint" }, "last ", timestamp(message.last_reply)), h("span", { class: "replies-open" }, "Open thread"));
  }

  /** @param {Block} block @param {Message} message */
  #block(block, message) {
    switch (block.t) {
      case "fields":
        return h("dl", { class: "fields" }, block.items.map(([label, value]) => h("div", {}, h("dt", {}, label), h("dd", {}, renderText(value)))));
      case "table":
        return table(block);
      case "records":
        return h("div", { class: "records-groups" }, grouped(block.items).map(([heading, records]) => [
          heading && h("p", { class: "records-heading" }, heading),
          h("ul", { class: "records", "aria-label": heading || null }, records.map((record) => this.#record(record, message))),
        ]));
      case "picture":
        return picture(block, this);
      case "file":
        return h("a", { class: "file", href: block.url, download: block.name }, h("span", { class: "file-icon" }, icon("file")), h("span", { class: "file-words" }, h("b", {}, h("bdi", {}, block.name)), h("span", { class: "faint" }, bytes(block.size))), icon("download"));
      case "buttons":
        return h("div", { class: "buttons", role: "group", "aria-label": "Actions" }, block.items.map((button) => this.#button(button, message)));
      default:
        return null;
    }
  }

  /**
   * A record as a line: all of it opens it where it can be opened.
   * @param {ListedRecord} record
   * @param {Message} message
   */
  #record({ name, details, open }, message) {
    const said = details.flatMap((each) => [h("span", { class: "record-dot", "aria-hidden": "true" }, " · "), h("bdi", {}, renderInline(each))]);
    const words = h("div", { class: "record-words" }, h("div", { class: "record-name", dir: "auto" }, renderInline(name)), said.length > 0 && h("div", { class: "record-details", dir: "auto" }, said.slice(1)));
    if (!open) return h("li", { class: "record" }, words);
    const node = this.#button(open, message);
    node.classList.add("record-open");
    node.setAttribute("aria-label", `${open.label}: ${plainText(name)}`);
    node.append(icon("chevron"));
    return h("li", { class: "record opens" }, words, node);
  }

  /** @param {Button} button @param {Message} message */
  #button(button, message) {
    return actionButton(button, message.pressed.includes(button.id), () => this.#app.click(message, button));
  }
}

/**
 * Consecutive records with their heading.
 * @param {ListedRecord[]} records
 * @returns {[string, ListedRecord[]][]}
 */
function grouped(records) {
  /** @type {[string, ListedRecord[]][]} */
  const groups = [];
  for (const record of records) {
    const heading = record.heading ?? "";
    if (groups.at(-1)?.[0] === heading) groups.at(-1)?.[1].push(record);
    else groups.push([heading, [record]]);
  }
  return groups;
}

/**
 * Make `rows` the children, touching only those that change place, so that nothing loses focus or scroll.
 * @param {Element} list
 * @param {Element[]} rows
 */
function arrange(list, rows) {
  const wanted = new Set(rows);
  for (const child of [...list.children]) if (!wanted.has(child)) child.remove();
  let at = list.firstChild;
  for (const row of rows) {
    if (row === at) at = at.nextSibling;
    else list.insertBefore(row, at);
  }
}

/** @param {Message} before @param {Message} message */
function isSameGroup(before, message) {
  return !message.via && !before.replies && before.author === message.author && before.private === message.private && !message.private
    && new Date(message.at).getTime() - new Date(before.at).getTime() < GROUPING_MS;
}

const NUMERIC = /^[\s\-–—+~≈<>]*[\d.,]+\s*(%|[a-z]{1,3})?$/i;

/** @param {TableBlock} block */
function table({ columns, rows }) {
  const right = columns.map((_, at) => rows.length > 0 && rows.every((row) => row[at] === "" || row[at] === "–" || NUMERIC.test(row[at])));
  /** @param {number} at */
  const align = (at) => (right[at] ? "right" : null);
  return h("div", { class: "table-scroll", tabindex: "0", role: "group", "aria-label": `Table: ${columns.join(", ")}` },
    h("table", {},
      h("thead", {}, h("tr", {}, columns.map((column, at) => h("th", { scope: "col", class: align(at) }, column)))),
      h("tbody", {}, rows.map((row) => h("tr", {}, row.map((cell, at) => h("td", { class: align(at), dir: "auto" }, cell))))),
    ));
}

/** @param {PictureBlock} block @param {MessageList} list */
function picture(block, list) {
  const image = h("img", { alt: block.alt, loading: "eager", decoding: "async" });
  image.addEventListener("load", () => list.keepAtEnd());
  const figure = h("figure", { class: "picture" },
    h("button", { type: "button", class: "picture-open", "aria-label": `Enlarge: ${block.alt}`, on: { click: () => enlarge(block) } }, image, h("span", { class: "picture-hint" }, icon("expand"))));
  follow(figure, image, block);
  return figure;
}

/**
 * The first thing a newcomer sees in a place where nothing was said yet.
 * @param {string} title
 * @param {string} words
 * @param {Suggestion[]} suggestions
 * @param {(text: string) => void} choose
 */
export function emptyState(title, words, suggestions, choose) {
  return h("div", { class: "empty" },
    h("span", { class: "avatar avatar-bot large", "aria-hidden": "true" }, icon("spark")),
    h("h2", {}, title),
    h("p", {}, words),
    h("ul", { class: "suggestions" }, suggestions.map(({ text, why }) =>
      h("li", {}, h("button", { type: "button", class: "suggestion", on: { click: () => choose(text) } }, h("code", {}, text), h("span", {}, why))))));
}

