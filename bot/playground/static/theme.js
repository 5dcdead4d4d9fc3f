// @ts-check
/** Light and dark: the system's wish, or the reader's own. Loaded first, so that nothing flashes. */

const STORAGE_KEY = "cohort-bot theme";
const system = window.matchMedia("(prefers-color-scheme: dark)");

function stored() {
  try {
    return localStorage.getItem(STORAGE_KEY);
  } catch {
    return null; // storage can be switched off; the toggle then lasts as long as the page
  }
}

let chosen = stored();

export function current() {
  return chosen ?? (system.matches ? "dark" : "light");
}

function apply() {
  document.documentElement.dataset.theme = current();
}

/** Switch to the other theme and remember it. */
export function toggle() {
  chosen = current() === "dark" ? "light" : "dark";
  try {
    localStorage.setItem(STORAGE_KEY, chosen);
  } catch {
    // as above
  }
  apply();
  return chosen;
}

system.addEventListener("change", apply);
apply();
