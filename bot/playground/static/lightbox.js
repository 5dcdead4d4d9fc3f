// @ts-check
/** A picture that fills the window, with what can be done with it below. */

import { h, icon } from "./dom.js";
import { follow } from "./pictures.js";

/** @import { PictureBlock } from "./types" */

/** @param {PictureBlock} block */
export function enlarge(block) {
  const image = h("img", { alt: block.alt });
  const stage = h("div", { class: "lightbox-stage" }, image);
  const words = h("p", { class: "lightbox-alt", id: "lightbox-alt", tabindex: "-1", hidden: true }, block.alt);
  const save = h("a", { class: "button", href: block.url, download: block.name }, icon("download"), "Save");
  const say = h("button", { class: "button", type: "button", "aria-expanded": "false", "aria-controls": "lightbox-alt" }, icon("eye"), "In words");
  say.addEventListener("click", () => {
    words.hidden = !words.hidden;
    say.setAttribute("aria-expanded", String(!words.hidden));
  });
  /** @type {HTMLDialogElement} */
  const dialog = h("dialog", { class: "lightbox", "aria-label": "Picture", on: { close: () => dialog.remove() } },
    stage,
    words,
    h("div", { class: "lightbox-bar" },
      h("button", { class: "button button-primary", type: "button", autofocus: true, title: "Close (Esc)", on: { click: () => dialog.close() } }, icon("close"), "Close"),
      save,
      say),
  );
  stage.addEventListener("click", (event) => event.target === stage && dialog.close());
  follow(stage, image, block, (url) => { save.href = url; });
  document.body.append(dialog);
  dialog.showModal();
}
