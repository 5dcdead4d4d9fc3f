// @ts-check
/** The tree of lines and spans as DOM. Member text is hostile: it only ever becomes text nodes. */

import { h } from "./dom.js";
import { moment } from "./time.js";

/** @import { Inline, Line } from "./types" */

/** @param {Line[] | null | undefined} lines neighbouring list items and quotes are put together */
export function renderText(lines) {
  /** @type {HTMLElement[]} */
  const out = [];
  /** @type {{ kind: "item" | "quote", node: HTMLElement } | null} */
  let run = null;
  for (const line of lines ?? []) {
    const spans = line.c.map(renderSpan);
    if (line.k === "item") {
      if (run?.kind !== "item") out.push((run = { kind: "item", node: h("ul", {}) }).node);
      run.node.append(h("li", { dir: "auto" }, spans));
    } else if (line.k === "quote") {
      if (run?.kind !== "quote") out.push((run = { kind: "quote", node: h("blockquote", {}) }).node);
      run.node.append(h("p", { dir: "auto" }, spans.length ? spans : h("br")));
    } else if (spans.length === 0) {
      run = null;
      if (out.length) out.push(h("div", { class: "gap" }));
    } else {
      run = null;
      out.push(h("p", { dir: "auto" }, spans));
    }
  }
  return out;
}

/**
 * A text on one line.
 * @param {Line[]} lines
 */
export function renderInline(lines) {
  return lines.flatMap((line, at) => [...(at ? [document.createTextNode(" ")] : []), ...line.c.map(renderSpan)]);
}

/** @param {Inline} span @returns {Node} */
function renderSpan(span) {
  if ("at" in span) return moment(span.at);
  if ("cmd" in span) return h("button", { type: "button", class: "command", title: "Put it in the line", data: { line: span.s } }, h("code", {}, span.s));
  /** @type {Node} */
  let node = document.createTextNode(span.s);
  if (span.code) node = h("code", {}, node);
  if (span.i) node = h("em", {}, node);
  if (span.b) node = h("strong", {}, node);
  if (span.href && /^https?:\/\//.test(span.href)) {
    node = h("a", { href: span.href, target: "_blank", rel: "noopener noreferrer nofollow" }, node);
  }
  return node;
}

/**
 * The characters alone, for labels and announcements.
 * @param {Line[] | null | undefined} lines
 */
export function plainText(lines) {
  return (lines ?? []).map((line) => line.c.map((span) => span.s).join("")).join(" ").trim();
}
