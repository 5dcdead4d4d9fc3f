// @ts-check
/** What the browser remembers of this page. Storage can be switched off; then it lasts as long as the page. */

/** @param {string} key */
export function read(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** @param {string} key @param {string} value */
export function write(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // as above
  }
}
