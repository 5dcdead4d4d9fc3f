// @ts-check
/** Small helpers that build the page. Nothing here takes HTML: children are nodes or plain characters. */

/** @import { Child, Person, Props } from "./types" */

const SVG = "http://www.w3.org/2000/svg";

/**
 * Make an element. `props`: `class`, `on` (listeners), `data` (dataset), booleans as attributes, anything
 * else as an attribute. Children that are null, undefined or false are left out.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Props | null} props
 * @param {Child[]} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "class") element.className = String(value);
    else if (name === "on") for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    else if (name === "data") Object.assign(element.dataset, value);
    else if (name === "value") /** @type {HTMLInputElement} */ (/** @type {unknown} */ (element)).value = String(value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  append(element, children);
  return element;
}

/** @param {Element} element @param {readonly Child[]} children */
function append(element, children) {
  for (const child of /** @type {unknown[]} */ (children).flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

/**
 * Replace all children.
 * @template {Element} E
 * @param {E} element
 * @param {Child[]} children
 */
export function fill(element, ...children) {
  element.replaceChildren();
  append(element, children);
  return element;
}

/**
 * The first element inside that a selector finds.
 * @param {ParentNode} root
 * @param {string} selector
 * @returns {HTMLElement | null}
 */
export function find(root, selector) {
  return root.querySelector(selector);
}

/**
 * A part of the page that stands in index.html.
 * @param {string} id
 */
export function part(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}

const PATHS = {
  hash: ["M6 2.5 4.5 13.5", "M11.5 2.5 10 13.5", "M2.5 6h11.5", "M2 10h11.5"],
  chat: ["M2.5 3.5h11v7.5h-6l-3 2.5v-2.5h-2z"],
  menu: ["M2.5 4.5h11", "M2.5 8h11", "M2.5 11.5h11"],
  close: ["M4 4l8 8", "M12 4l-8 8"],
  send: ["M2.5 8h10", "M8.5 4l4 4-4 4"],
  clock: ["M8 2.2a5.8 5.8 0 1 0 0 11.6a5.8 5.8 0 0 0 0-11.6z", "M8 5v3.2l2.2 1.4"],
  forward: ["M3 4l4.5 4L3 12z", "M8.5 4l4.5 4-4.5 4z"],
  sun: ["M8 5.4a2.6 2.6 0 1 0 0 5.2a2.6 2.6 0 0 0 0-5.2z", "M8 1.5v1.6", "M8 12.9v1.6", "M1.5 8h1.6", "M12.9 8h1.6", "M3.4 3.4l1.1 1.1", "M11.5 11.5l1.1 1.1", "M12.6 3.4l-1.1 1.1", "M4.5 11.5l-1.1 1.1"],
  moon: ["M13 9.6A5.6 5.6 0 0 1 6.4 3a5.4 5.4 0 1 0 6.6 6.6z"],
  thread: ["M3 3.5h10v6.5H7l-2.5 2.2V10H3z", "M5.5 6h5", "M5.5 8h3"],
  download: ["M8 2.5v7.5", "M5 7.2l3 3 3-3", "M3 13h10"],
  file: ["M4 2h5l3 3v9H4z", "M9 2v3h3"],
  eye: ["M1.8 8s2.3-4 6.2-4 6.2 4 6.2 4-2.3 4-6.2 4-6.2-4-6.2-4z", "M8 6.3a1.7 1.7 0 1 0 0 3.4a1.7 1.7 0 0 0 0-3.4z"],
  expand: ["M9.5 2.5h4v4", "M13.5 2.5l-4.5 4.5", "M6.5 13.5h-4v-4", "M2.5 13.5l4.5-4.5"],
  alert: ["M8 2.5l6 10.5H2z", "M8 6.5v3", "M8 11.2v.1"],
  check: ["M3 8.5l3.2 3L13 4.8"],
  chevron: ["M4.5 6.2 8 9.8l3.5-3.6"],
  spark: ["M8 2l1.4 4.2L13.8 8l-4.4 1.6L8 14l-1.4-4.4L2.2 8l4.4-1.8z"],
  back: ["M8 3.5 3.5 8 8 12.5", "M3.5 8h9"],
  refresh: ["M13 5.5A5.5 5.5 0 1 0 13.5 9", "M13.3 2.3v3.4H9.9"],
  down: ["M8 3v9.5", "M4 8.7l4 4 4-4"],
};

/**
 * A small drawing, hidden from screen readers: the text is next to it or in the label.
 * @param {keyof typeof PATHS} name
 */
export function icon(name, cssClass = "icon") {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("class", cssClass);
  svg.setAttribute("aria-hidden", "true");
  for (const d of PATHS[name]) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", d);
    svg.append(path);
  }
  return svg;
}

const TINTS = 8;

/**
 * A person's round picture: initials on one of a few tints that keep contrast; the bot has its own.
 * @param {Pick<Person, "bot"> & Partial<Person> | undefined} person
 */
export function avatar(person, size = "") {
  if (person?.bot) {
    return h("span", { class: `avatar avatar-bot ${size}`, "aria-hidden": "true" }, icon("spark"));
  }
  const name = person?.name ?? "?";
  const words = name.trim().split(/\s+/);
  const first = Array.from(words[0] ?? "?")[0] ?? "?";
  const last = words.length > 1 ? Array.from(words[words.length - 1])[0] : "";
  let sum = 0;
  for (const character of person?.id ?? name) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) >>> 0;
  return h("span", { class: `avatar tint-${sum % TINTS} ${size}`, "aria-hidden": "true" }, (first + last).toUpperCase());
}

/**
 * Say something to screen readers only.
 * @param {string} words
 */
export function announce(words) {
  const live = part("live");
  live.textContent = "";
  requestAnimationFrame(() => {
    live.textContent = words;
  });
}

/**
 * A short note at the bottom of the window that goes away by itself.
 * @param {string} words
 * @param {"info" | "error"} kind
 */
export function toast(words, kind = "info") {
  const note = h("div", { class: `toast toast-${kind}`, role: kind === "error" ? "alert" : "status" }, icon(kind === "error" ? "alert" : "check"), h("span", {}, words));
  part("toasts").append(note);
  setTimeout(() => note.remove(), kind === "error" ? 8000 : 4000);
}

/**
 * File size in words.
 * @param {number} count
 */
export function bytes(count) {
  if (count < 1024) return `${count} bytes`;
  if (count < 1024 * 1024) return `${(count / 1024).toFixed(1)} KB`;
  return `${(count / 1024 / 1024).toFixed(1)} MB`;
}
