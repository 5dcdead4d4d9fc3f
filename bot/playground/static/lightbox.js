// @ts-check
/** A picture, as large as the window allows. */

import { h, icon } from "./dom.js";

/** @param {string} url @param {string} alt @param {string} name */
export function enlarge(url, alt, name) {
  /** @type {HTMLDialogElement} */
  const dialog = h("dialog", { class: "lightbox", "aria-label": "Picture", on: { close: () => dialog.remove(), click: (event) => event.target === dialog && dialog.close() } },
    h("div", { class: "lightbox-bar" },
      h("a", { class: "icon-button", href: url, download: name, "aria-label": "Download", title: "Download" }, icon("download")),
      h("button", { class: "icon-button", type: "button", "aria-label": "Close", title: "Close (Esc)", on: { click: () => dialog.close() } }, icon("close"))),
    h("img", { src: url, alt }),
    h("p", { class: "lightbox-alt" }, alt),
  );
  document.body.append(dialog);
  dialog.showModal();
}
