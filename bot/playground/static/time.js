// @ts-check
/** Instants in words: everything in the cohort's zone, which the clock above names, and in one format. */

import { h } from "./dom.js";

const DAY_MS = 86400000;
/** @type {{ now: () => Date, zone: string | undefined }} */
const cohortClock = { now: () => new Date(), zone: undefined };

/**
 * Tell this module the cohort's clock and zone.
 * @param {() => Date} now
 * @param {string} [zone]
 */
export function setClock(now, zone) {
  cohortClock.now = now;
  cohortClock.zone = zone;
}

/**
 * The parts of an instant as the clocks of a zone show it; in the cohort's if none is named, in the reader's where there
 * is no cohort.
 * @param {Date} date
 * @param {"short" | "long"} [style]
 * @param {string | null} [zone]
 */
function parts(date, style = "short", zone = cohortClock.zone) {
  const timeZone = zone === "AoE" ? "Etc/GMT+12" : (zone ?? undefined);
  const format = new Intl.DateTimeFormat("en-US", { weekday: style, day: "numeric", month: style, year: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone });
  /** @type {Record<string, string>} */
  const found = {};
  for (const { type, value } of format.formatToParts(date)) found[type] = value;
  return found;
}

/**
 * "09:30".
 * @param {Date} date
 */
export function clockTime(date) {
  const { hour, minute } = parts(date);
  return `${hour}:${minute}`;
}

/**
 * "Tue 24 Nov, 09:30".
 * @param {Date} date
 * @param {string | null} [zone]
 */
export function dateTime(date, zone) {
  const { weekday, day, month, hour, minute } = parts(date, "short", zone);
  return `${weekday} ${day} ${month}, ${hour}:${minute}`;
}

/**
 * A key that is equal for instants of one local day.
 * @param {Date} date
 */
export function dayKey(date) {
  const { year, month, day } = parts(date);
  return `${year}-${month}-${day}`;
}

/**
 * "Today", "Yesterday" or a date, by the cohort's clock.
 * @param {Date} date
 */
export function dayName(date) {
  const now = cohortClock.now();
  if (dayKey(date) === dayKey(now)) return "Today";
  if (dayKey(date) === dayKey(new Date(now.getTime() - DAY_MS))) return "Yesterday";
  const { weekday, day, month, year } = parts(date, "long");
  return `${weekday} ${day} ${month}${year === parts(now).year ? "" : ` ${year}`}`;
}

/**
 * "tomorrow 09:30", "Fri 27 Nov, 16:00": when something comes.
 * @param {Date} date
 */
export function upcoming(date) {
  const now = cohortClock.now();
  if (dayKey(date) === dayKey(now)) return `today ${clockTime(date)}`;
  if (dayKey(date) === dayKey(new Date(now.getTime() + DAY_MS))) return `tomorrow ${clockTime(date)}`;
  return dateTime(date);
}

/**
 * Where and when it is, and what the reader's own clock shows then where that is something else.
 * @param {Date} date
 */
function explained(date) {
  const here = dateTime(date, null);
  const there = `${dateTime(date)}${cohortClock.zone ? ` in ${cohortClock.zone}` : ""}`;
  return here === dateTime(date) ? there : `${there} · ${here} where you are`;
}

/**
 * A `<time>` element.
 * @param {string} iso
 * @param {(date: Date) => string} words
 */
export function timestamp(iso, words = clockTime) {
  const date = new Date(iso);
  return h("time", { datetime: iso, title: explained(date) }, words(date));
}

/**
 * An instant inside a sentence.
 * @param {string} iso
 */
export function moment(iso) {
  const date = new Date(iso);
  return h("time", { class: "moment", datetime: iso, title: explained(date) }, dateTime(date));
}
