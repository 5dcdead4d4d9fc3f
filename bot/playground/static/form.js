// @ts-check
/**
 * A form as a modal dialog. Errors stand by their field, with what may be meant. What was typed is kept when it is
 * closed and stands there again when it is opened, until it is sent.
 */

import { announce, bytes, fill, h, icon, toast } from "./dom.js";
import { Picker } from "./picker.js";

/** @import { Draft } from "./drafts.js" */
/** @import { Answer, Choice, Control, Form, FormField, Maker, Offer, Upload, Values } from "./types" */

const MAX_FILE = 4 * 1024 * 1024;
const SCALE = 10;
let formCount = 0;

/** @typedef {(values: Values) => Promise<Answer<"submit">>} Send */
/** @typedef {(offer: Offer) => Promise<Answer<"offer">>} Take */
/**
 * What a form is opened with: what was kept of it, what a button beside a refusal does, and what follows when it closes.
 * @typedef {{ draft: Draft, take: Take, closed: (sent: boolean) => void }} Around
 */
/** @typedef {(field: FormField, text: string, values: Record<string, string | Upload | null>) => Promise<Choice[]>} FieldLookup */
/** @typedef {(field: FormField, id: string, lookup: (text: string) => Promise<Choice[]>) => Maker} Make */

/**
 * Open a form.
 * @param {Form} form as in protocol.js
 * @param {Send} send the dialog closes when the answer is ok
 * @param {FieldLookup} lookup
 * @param {Around} around
 */
export function openForm(form, send, lookup, around) {
  return new FormDialog(form, send, lookup, around);
}

class FormDialog {
  /** @type {Form} */
  #form;
  /** @type {Send} */
  #send;
  /** @type {Control[]} */
  #controls = [];
  /** @type {HTMLDialogElement} */
  #dialog;
  /** @type {HTMLElement} */
  #status;
  /** @type {HTMLButtonElement} */
  #submit;
  /** @type {Draft} */
  #draft;
  /** @type {Take} */
  #take;
  #done = false;
  /** What stood in the form when it was opened, as text. */
  #before = "";
  /** @type {Around["closed"]} */
  #whenClosed;
  #sent = false;

  /** @param {Form} form @param {Send} send @param {FieldLookup} lookup @param {Around} around */
  constructor(form, send, lookup, { draft, take, closed }) {
    this.#whenClosed = closed;
    this.#form = form;
    this.#send = send;
    this.#draft = draft;
    this.#take = take;
    const kept = draft.read();
    formCount += 1;
    const titleId = `form-${formCount}-title`;
    const fields = form.fields.map((field) => ({ ...field, value: kept ? text(kept[field.name]) : field.value }));
    this.#controls = fields.map((field) => makeControl(field, `form-${formCount}-${field.name}`, (text) => lookup(field, text, this.#values())));
    this.#status = h("p", { class: "form-status", role: "alert" });
    this.#submit = h("button", { class: "button button-primary", type: "submit" }, h("span", {}, form.submit));
    this.#dialog = h(
      "dialog",
      { class: "form-dialog", "aria-labelledby": titleId, on: { close: () => this.#closed(), click: (event) => this.#outside(event) } },
      h("form", { novalidate: true, on: { submit: (event) => this.#submitted(event) } },
        h("header", { class: "dialog-head" },
          h("h2", { id: titleId }, form.title),
          h("button", { class: "icon-button", type: "button", "aria-label": "Cancel", title: "Cancel (Esc)", on: { click: () => this.#dialog.close() } }, icon("close")),
        ),
        kept && h("p", { class: "form-draft" }, "This is what you typed before. ",
          h("button", { class: "link-button", type: "button", on: { click: () => this.#afresh(lookup) } }, "Start afresh")),
        h("div", { class: "dialog-body" }, this.#controls.map((control) => control.element)),
        h("footer", { class: "dialog-foot" },
          this.#status,
          h("button", { class: "button", type: "button", on: { click: () => this.#dialog.close() } }, "Cancel"),
          this.#submit,
        ),
      ),
    );
    document.body.append(this.#dialog);
    this.#dialog.showModal();
    const first = this.#controls.find((control) => control.empty()) ?? this.#controls[0];
    first?.focus();
    this.#before = kept ? "" : JSON.stringify(this.#values());
  }

  /** @param {FieldLookup} lookup */
  #afresh(lookup) {
    this.#draft.write(null);
    this.#done = true;
    this.#dialog.close();
    openForm(this.#form, this.#send, lookup, { draft: this.#draft, take: this.#take, closed: this.#whenClosed });
  }

  #closed() {
    const values = this.#values();
    if (!this.#done && JSON.stringify(values) !== this.#before) {
      this.#draft.write(/** @type {Values} */ (values));
      toast("What you typed is kept. It stands here when you open this form again.");
    }
    this.#dialog.remove();
    this.#whenClosed(this.#sent);
  }

  /** @param {MouseEvent} event */
  #outside(event) {
    if (event.target === this.#dialog && this.#controls.every((control) => control.empty())) this.#dialog.close();
  }

  #values() {
    /** @type {Record<string, string | Upload | null>} */
    const values = {};
    for (const control of this.#controls) {
      const value = control.value();
      if (value !== null && value !== "") values[control.field.name] = value;
    }
    return values;
  }

  /** @param {SubmitEvent} event */
  #submitted(event) {
    event.preventDefault();
    return this.#submitWith({});
  }

  /** @param {Record<string, string>} instead values that replace what stands in their fields */
  async #submitWith(instead) {
    if (this.#submit.disabled) return;
    /** @type {Record<string, string>} */
    const errors = {};
    for (const control of this.#controls) {
      const problem = control.problem?.() ?? missing(control);
      if (problem && !(control.field.name in instead)) errors[control.field.name] = problem;
    }
    if (this.#showErrors(errors)) return;
    this.#busy(true);
    const values = this.#values();
    for (const control of this.#controls) if (control.read) values[control.field.name] = await control.read();
    const answer = await this.#send(clean({ ...values, ...instead }));
    this.#busy(false);
    if (answer.ok) {
      this.#sent = true;
      this.#finish();
      return;
    }
    const anyShown = this.#showErrors(answer.errors ?? {});
    this.#offer(answer.errors ?? {}, answer.offers ?? []);
    this.#status.textContent = anyShown && Object.values(answer.errors ?? {}).includes(answer.error) ? "" : answer.error;
  }

  #finish() {
    this.#done = true;
    this.#draft.write(null);
    this.#dialog.close();
  }

  /**
   * The buttons of a refusal, beside the field that is wrong or at the foot of the form.
   * @param {Record<string, string>} errors
   * @param {Offer[]} offers
   */
  #offer(errors, offers) {
    if (!offers.length) return;
    const wrong = this.#controls.find((control) => control.field.name in errors);
    const buttons = offers.map((offer) => h("button", { class: "try", type: "button", on: { click: () => this.#taken(wrong, offer) } }, offer.label));
    const group = h("span", { class: "offers", role: "group", "aria-label": "Do one of these" }, buttons);
    if (wrong) wrong.element.append(group);
    else this.#status.after(group);
  }

  /** @param {Control | undefined} wrong @param {Offer} offer */
  async #taken(wrong, offer) {
    if (wrong && offer.value !== null) return this.#submitWith({ [wrong.field.name]: offer.value });
    const answer = await this.#take(offer);
    if (answer.ok) this.#dialog.close();
    else this.#status.textContent = answer.error;
  }

  /** @param {boolean} on */
  #busy(on) {
    this.#submit.disabled = on;
    this.#submit.classList.toggle("busy", on);
    this.#dialog.setAttribute("aria-busy", String(on));
  }

  /**
   * Show sentences by their fields; whether there were any.
   * @param {Record<string, string>} errors
   */
  #showErrors(errors) {
    /** @type {Control | null} */
    let first = null;
    for (const group of this.#dialog.querySelectorAll(".offers")) group.remove();
    for (const control of this.#controls) {
      const words = errors[control.field.name] ?? "";
      control.error(words);
      if (words) first ??= control;
    }
    this.#status.textContent = "";
    if (!first) return false;
    first.focus();
    announce(`${first.field.label}: ${errors[first.field.name]}`);
    return true;
  }
}

/** @param {string | Upload | undefined} value a file is not kept */
function text(value) {
  return typeof value === "string" ? value : null;
}

/** @param {Record<string, string | Upload | null>} values @returns {Values} */
function clean(values) {
  return /** @type {Values} */ (Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null && value !== undefined)));
}

/** @param {Control} control */
function missing(control) {
  return control.field.required && control.empty() ? "Please fill this in." : "";
}

/**
 * A label, its control, help and the place for an error.
 * @param {FormField} field
 * @param {string} id
 * @param {(text: string) => Promise<Choice[]>} lookup
 * @returns {Control}
 */
function makeControl(field, id, lookup) {
  const parts = controlFactories[field.kind]?.(field, id, lookup) ?? controlFactories.text(field, id, lookup);
  const help = field.help && field.help !== field.label ? h("p", { class: "field-help", id: `${id}-help` }, field.help) : null;
  const note = field.note ? h("p", { class: "field-note", id: `${id}-note`, dir: "auto" }, field.note) : null;
  const error = h("p", { class: "field-error", id: `${id}-error` });
  const described = [note && `${id}-note`, help && `${id}-help`, `${id}-error`].filter(Boolean).join(" ");
  parts.input.setAttribute("aria-describedby", described);
  if (field.required) parts.input.setAttribute("aria-required", "true");
  const mark = field.required ? h("span", { class: "required", title: "required" }, " *") : h("span", { class: "optional" }, "optional");
  const label = parts.group
    ? h("span", { class: "field-label", id: `${id}-label` }, field.label, mark)
    : h("label", { class: "field-label", for: id }, field.label, mark);
  if (parts.group) parts.input.setAttribute("aria-labelledby", `${id}-label`);
  const element = h("div", { class: `field field-${field.kind}`, data: { field: field.name } }, note, label, help, parts.wrapper ?? parts.input, error);
  return {
    focus: () => parts.input.focus(),
    ...parts,
    field,
    element,
    error(words) {
      fill(error, words && icon("alert"), words);
      element.classList.toggle("invalid", Boolean(words));
      parts.input.setAttribute("aria-invalid", String(Boolean(words)));
    },
  };
}

/** @param {HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement} input @returns {Maker} */
function typed(input) {
  return { input, value: () => input.value.trim(), empty: () => input.value.trim() === "" };
}

/** @type {Record<FormField["kind"], Make>} */
const controlFactories = {
  text: (field, id) => typed(h("input", { class: "input", id, type: "text", maxlength: field.max_length, value: field.value ?? "", autocomplete: "off", dir: "auto" })),

  long_text: (field, id) => {
    const area = h("textarea", { class: "input", id, rows: "3", value: field.value ?? "", dir: "auto" });
    const left = h("span", { class: "count", "aria-hidden": "true" });
    const update = () => {
      const remaining = field.max_length ? field.max_length - area.value.length : null;
      left.textContent = remaining !== null && remaining < 200 ? `${remaining} left` : "";
      left.classList.toggle("over", remaining !== null && remaining < 0);
      area.style.height = "auto";
      area.style.height = `${Math.min(Math.max(area.scrollHeight + 2, 76), 260)}px`;
    };
    area.addEventListener("input", update);
    update();
    return { ...typed(area), wrapper: h("div", { class: "area" }, area, left) };
  },

  integer: (field, id) => {
    const { min, max } = field;
    if (min !== null && max !== null && min !== undefined && max !== undefined && max - min <= SCALE) {
      const choices = Array.from({ length: max - min + 1 }, (_, step) => ({ value: String(min + step), label: String(min + step) }));
      return segments(field, id, choices);
    }
    return number(field, id, "numeric", "1");
  },

  number: (field, id) => number(field, id, "decimal", "any"),

  date: (field, id) => typed(h("input", { class: "input input-short", id, type: "date", value: field.value ?? "" })),

  flag: (field, id) => {
    const input = h("input", { type: "checkbox", role: "switch", id, class: "switch" });
    input.checked = ["yes", "true", "1", "on"].includes(String(field.value ?? "").toLowerCase());
    return { input, value: () => (input.checked ? "yes" : "no"), empty: () => false };
  },

  choice: (field, id) => {
    const long = field.choices.length > 5 || field.choices.some((choice) => choice.label.length > 18);
    if (!long) return segments(field, id, field.choices);
    const select = h("select", { class: "input", id },
      h("option", { value: "" }, field.required ? "Choose…" : "–"),
      field.choices.map((choice) => h("option", { value: choice.value }, choice.label)),
    );
    select.value = field.value ?? "";
    return typed(select);
  },

  file: (field, id) => {
    const input = h("input", { type: "file", id, class: "file-input" });
    const name = h("span", { class: "file-name" }, "Choose a file, or drop it here");
    const files = () => input.files ?? /** @type {File[]} */ ([]);
    const update = () => {
      const [file] = files();
      name.textContent = file ? `${file.name} · ${bytes(file.size)}` : "Choose a file, or drop it here";
    };
    input.addEventListener("change", update);
    return {
      input,
      wrapper: h("div", { class: "file-drop" }, icon("file"), name, input),
      value: () => null,
      empty: () => files().length === 0,
      problem: () => ((files()[0]?.size ?? 0) > MAX_FILE ? `This file is larger than ${bytes(MAX_FILE)}.` : ""),
      read: () => readFile(files()[0]),
    };
  },

  person: picker,
  channel: picker,
  record: picker,
};

/** @param {FormField} field @param {string} id @param {string} mode @param {string} step */
function number(field, id, mode, step) {
  const { min, max } = field;
  const input = h("input", { class: "input input-short", id, type: "text", inputmode: mode, min, max, step, value: field.value ?? "", autocomplete: "off" });
  return typed(input);
}

/**
 * A few values side by side; arrow keys move as in any radio group.
 * @param {FormField} field
 * @param {string} id
 * @param {Choice[]} choices
 * @returns {Maker}
 */
function segments(field, id, choices) {
  const group = h("div", { class: "segments", role: "radiogroup", id });
  const radios = choices.map((choice, index) => {
    const radio = h("input", { type: "radio", name: id, id: `${id}-${index}`, value: choice.value });
    radio.checked = choice.value === (field.value ?? "");
    group.append(radio, h("label", { for: `${id}-${index}` }, choice.label));
    return radio;
  });
  if (!field.required) {
    const clear = h("button", { class: "link-button", type: "button", on: { click: () => radios.forEach((radio) => { radio.checked = false; }) } }, "clear");
    group.append(clear);
  }
  const chosen = () => radios.find((radio) => radio.checked);
  return { input: group, group: true, value: () => chosen()?.value ?? "", empty: () => !chosen(), focus: () => (chosen() ?? radios[0]).focus() };
}

/**
 * @param {FormField} field @param {string} id @param {(text: string) => Promise<Choice[]>} lookup @returns {Maker}
 */
function picker(field, id, lookup) {
  const picker = new Picker(id, field.value ?? "", lookup);
  return { input: picker.input, wrapper: picker.element, value: () => picker.value(), empty: () => picker.value() === "" };
}

/** @param {File | undefined} file @returns {Promise<Upload | null>} */
async function readFile(file) {
  if (!file) return null;
  const content = new Uint8Array(await file.arrayBuffer());
  let characters = "";
  for (let at = 0; at < content.length; at += 0x8000) characters += String.fromCharCode(...content.subarray(at, at + 0x8000));
  return { name: file.name, type: file.type || "application/octet-stream", data: btoa(characters) };
}
