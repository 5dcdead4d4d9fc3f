// @ts-check
/** Instants in the words of the reader's own place, and in the cohort's. */

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

/** @param {Date} date @param {Intl.DateTimeFormatOptions} options @param {string} [zone] */
function format(date, options, zone) {
  return new Intl.DateTimeFormat(undefined, { ...options, timeZone: zone }).format(date);
}

/**
 * "09:30" in the reader's time.
 * @param {Date} date
 * @param {string} [zone]
 */
export function clockTime(date, zone) {
  return format(date, { hour: "2-digit", minute: "2-digit" }, zone);
}

/**
 * "Tue 24 Nov, 09:30".
 * @param {Date} date
 * @param {string} [zone]
 */
export function dateTime(date, zone) {
  return format(date, { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }, zone);
}

/**
 * A key that is equal for instants of one local day.
 * @param {Date} date
 */
export function dayKey(date) {
  return `${date.getFullYear()}-${date.getMonth()}-${date.getDate()}`;
}

/**
 * "Today", "Yesterday" or a date, by the cohort's clock.
 * @param {Date} date
 */
export function dayName(date) {
  const now = cohortClock.now();
  if (dayKey(date) === dayKey(now)) return "Today";
  if (dayKey(date) === dayKey(new Date(now.getTime() - DAY_MS))) return "Yesterday";
  const year = date.getFullYear() === now.getFullYear() ? undefined : "numeric";
  return format(date, { weekday: "long", day: "numeric", month: "long", year });
}

/**
 * "tomorrow 09:30", "Fri 27 Nov, 16:00": when something comes, in the cohort's zone.
 * @param {Date} date
 */
export function upcoming(date) {
  const now = cohortClock.now();
  /** @param {Date} value */
  const day = (value) => format(value, { year: "numeric", month: "2-digit", day: "2-digit" }, cohortClock.zone);
  const time = clockTime(date, cohortClock.zone);
  if (day(date) === day(now)) return `today ${time}`;
  if (day(date) === day(new Date(now.getTime() + DAY_MS))) return `tomorrow ${time}`;
  return dateTime(date, cohortClock.zone);
}

/**
 * A `<time>` element: the reader's local time, with the cohort's in its title.
 * @param {string} iso
 * @param {(date: Date) => string} words
 */
export function timestamp(iso, words = clockTime) {
  const date = new Date(iso);
  const full = format(date, { dateStyle: "full", timeStyle: "short" });
  const there = cohortClock.zone ? ` · ${dateTime(date, cohortClock.zone)} in ${cohortClock.zone}` : "";
  return h("time", { datetime: iso, title: full + there }, words(date));
}

/**
 * An instant inside a sentence.
 * @param {string} iso
 * @param {string} fallback
 */
export function moment(iso, fallback) {
  const date = new Date(iso);
  return h("time", { class: "moment", datetime: iso, title: fallback }, dateTime(date));
}
