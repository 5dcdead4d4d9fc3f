// @ts-check
/** The buttons below a message, and which of them stand out: what was pressed or is out of date is quiet. */

import { h, icon } from "./dom.js";
import { dayKey } from "./time.js";

/** @import { Button, Message } from "./types" */

const STYLES = { normal: "", primary: "button-primary", danger: "button-danger" };

/**
 * @param {Button} button
 * @param {boolean} pressed whether the reader pressed it before
 * @param {() => Promise<unknown>} press
 */
export function actionButton(button, pressed, press) {
  // That it was pressed is its description: its name stays what it was.
  const node = h("button", { class: `button ${STYLES[button.style] ?? ""}`, type: "button", title: pressed && "You pressed this", data: { style: button.style } },
    pressed && icon("check"), h("span", {}, button.label));
  node.classList.toggle("pressed", pressed);
  node.addEventListener("click", async () => {
    if (node.getAttribute("aria-busy") === "true") return;
    node.setAttribute("aria-busy", "true");
    node.classList.add("busy");
    await press();
    node.removeAttribute("aria-busy");
    node.classList.remove("busy");
  });
  return node;
}

/**
 * Let a main button stand out only where it is the newest of its kind, of today, and was not pressed.
 * @param {Message[]} messages oldest first
 * @param {Map<string, HTMLElement>} nodes
 * @param {Date} now
 */
export function quietOld(messages, nodes, now) {
  const newer = new Set();
  const today = dayKey(now);
  for (const message of [...messages].reverse()) {
    for (const node of nodes.get(message.id)?.querySelectorAll("[data-style='primary']") ?? []) {
      const label = node.textContent;
      const quiet = node.classList.contains("pressed") || newer.has(label) || dayKey(new Date(message.at)) !== today;
      node.classList.toggle("button-primary", !quiet);
      newer.add(label);
    }
  }
}
