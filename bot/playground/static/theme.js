// @ts-check
/** Light and dark: the system's wish, or the reader's own. Loaded first, so that nothing flashes. */

import * as storage from "./storage.js";

const STORAGE_KEY = "cohort-bot theme";
const system = window.matchMedia("(prefers-color-scheme: dark)");

let chosen = storage.read(STORAGE_KEY);

export function current() {
  return chosen ?? (system.matches ? "dark" : "light");
}

function apply() {
  document.documentElement.dataset.theme = current();
  document.dispatchEvent(new Event("themechange"));
}

/** Switch to the other theme and remember it. */
export function toggle() {
  chosen = current() === "dark" ? "light" : "dark";
  storage.write(STORAGE_KEY, chosen);
  apply();
  return chosen;
}

system.addEventListener("change", apply);
apply();
