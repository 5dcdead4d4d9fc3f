// @ts-check
/** What stood in a form that was closed without being sent. It stands there again when the same form is opened. */

import * as storage from "./storage.js";

/** @import { Form, Values } from "./types" */

const KEY = "drafts";
const MOST = 10;

/** @returns {[string, Values][]} the newest first */
function kept() {
  try {
    const found = JSON.parse(storage.read(KEY) ?? "[]");
    return Array.isArray(found) ? found : [];
  } catch {
    return [];
  }
}

/** The draft of one form, as one person opened it. */
export class Draft {
  #key;

  /** @param {Form} form @param {string} person */
  constructor(form, person) {
    this.#key = JSON.stringify([person, form.id, form.fields.map(({ name, value }) => [name, value])]);
  }

  /** @returns {Values | null} */
  read() {
    return kept().find(([key]) => key === this.#key)?.[1] ?? null;
  }

  /** @param {Values | null} values null: nothing is kept any more */
  write(values) {
    const others = kept().filter(([key]) => key !== this.#key);
    storage.write(KEY, JSON.stringify([...(values ? [[this.#key, values]] : []), ...others].slice(0, MOST)));
  }
}
