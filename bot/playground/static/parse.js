// @ts-check
/**
 * The command line, read as the server reads it: `/group verb key:value key="two words" free words`.
 *
 * `/cohort group verb` is the same as `/group verb`, `/admin verb` the same as `/cohort-admin verb`, and the
 * verbs of `cohort` may stand alone. `key=value` works too, with quotes of any kind; a value without quotes
 * goes on until the next key. Words without a key fill the leading required parameters.
 */

/** @import { Args, Command, Group, Param, Parsed, Read, CompletionContext } from "./types" */

const ROOT = "cohort";
const DOUBLE = '"“”„‟';
const SINGLE = "'‘’‚‛";
/** @type {Record<string, string>} */
const CLOSERS = {
  ...Object.fromEntries(Array.from(DOUBLE, (opener) => [opener, DOUBLE])),
  ...Object.fromEntries(Array.from(SINGLE, (opener) => [opener, SINGLE])),
  "«": "»",
  "»": "«»",
  "‹": "›",
  "›": "‹›",
};
const PAIRS = ['""', "''", "«»", "‹›"];
const WIDE = new Set(["text", "long_text", "record"]);

// White space as the server knows it; that of JavaScript differs by a few characters.
const SPACE = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const IS_SPACE = new RegExp(`[${SPACE}]`);
const ENDS = new RegExp(`^[${SPACE}]+|[${SPACE}]+$`, "g");
const WORD = new RegExp(`[^${SPACE}]+`, "g");
const RUN = new RegExp(`(?<![^${SPACE}])[${DOUBLE}«»‹›]`, "g");
const WORD_HERE = new RegExp(WORD.source, "y");

/** The i of Turkish keyboards, which a parameter's name may be typed with. */
const TURKISH_I = /[ıİ]/g;

/** @param {string} text */
function strip(text) {
  return text.replace(ENDS, "");
}

/** @param {string | undefined} character */
function isSpace(character) {
  return character !== undefined && IS_SPACE.test(character);
}

/**
 * A name without regard to case, by the rules that the server has: `ſ` is an s, but `ı` is no i.
 * @param {string} text
 */
function fold(text) {
  return text.replace(/[^ı]+/g, (part) => part.toUpperCase().toLowerCase());
}

/**
 * The words of a text and where they stand, from `at` on.
 * @param {string} text
 */
function words(text, at = 0) {
  return Array.from(text.slice(at).matchAll(WORD), (found) => {
    const start = at + found.index;
    return { text: found[0], start, end: start + found[0].length };
  });
}

/**
 * A value as it must be typed so that it is read as it is: in quotes where it needs them.
 * @param {string} value
 */
export function quote(value) {
  if (value !== "" && !IS_SPACE.test(value) && !((value[0] ?? "") in CLOSERS) && !/^[\w-]+[:=]/.test(value)) return value;
  const free = PAIRS.find(([opener, closer]) => !Array.from(value).some((each) => each === closer || CLOSERS[opener ?? ""]?.includes(each)));
  const [opener, closer] = free ?? '""';
  return `${opener}${value}${closer}`;
}

// ---- the command

/**
 * The words of a line and the command they begin with. `at`: which of them is the group, or a verb of
 * `cohort` alone; `end`: where the parameters begin.
 * @param {string} text
 * @param {Command[]} commands
 * @param {Group[]} groups
 */
function heading(text, commands, groups) {
  const [first] = words(text);
  const all = words(text, first?.text.startsWith("/") ? first.start + 1 : 0);
  const folded = all.map((word) => fold(word.text));
  /** @param {string | undefined} name */
  const groupOf = (name) => groups.find((group) => group.name === name)?.name ?? groups.find((group) => group.name === `${ROOT}-${name}`)?.name;
  /** @param {string | undefined} group @param {string | undefined} verb */
  const find = (group, verb) => commands.find((command) => command.group === group && command.verb === verb);
  const at = folded[0] === ROOT && groupOf(folded[1]) && !find(ROOT, folded[1]) ? 1 : 0;
  const group = groupOf(folded[at]);
  const inGroup = group ? find(group, folded[at + 1]) : undefined;
  const command = inGroup ?? find(ROOT, folded[at]) ?? null;
  return { all, folded, at, group, command, end: all[inGroup ? at + 1 : at]?.end ?? text.length };
}

/**
 * What a line says, as the server reads it. `problem`: it is not a call yet.
 * @param {string} text
 * @param {Command[]} commands
 * @param {Group[]} groups
 * @returns {Parsed}
 */
export function parse(text, commands, groups) {
  const { all, folded, command, end } = heading(text, commands, groups);
  if (all.length === 0 || (all.length === 1 && folded[0] === ROOT)) {
    const help = commands.find((each) => each.name === `${ROOT} help`) ?? null;
    return { command: help, args: {}, problem: help === null };
  }
  if (!command) return { command: null, args: {}, problem: true };
  const { args, problem } = readArguments(command, strip(text.slice(end)));
  return { command, args, problem };
}

// ---- its arguments

/**
 * The raw arguments in the rest of a line. `last`: the value at its end, with the parameter that it goes to
 * and where it begins; `named` that its name stands before it.
 * @param {Command} command
 * @param {string} rest
 * @returns {Read}
 */
function readArguments(command, rest) {
  const { keys, here, names } = keysOf(command);
  /** @type {Set<string>} */
  const runs = new Set(); // kinds of quotes that were looked for up to the end in vain
  /** @type {Args} */
  const args = {};
  /** @type {string[]} */
  const loose = [];
  /** @type {Read["last"]} */
  let last = null;
  let position = 0;
  while (position < rest.length) {
    const match = nextName(keys, rest, position, runs);
    if (!match || strip(rest.slice(position, match.index))) {
      const end = looseEnd(rest, position, match ? match.index : rest.length);
      const piece = strip(rest.slice(position, end));
      if (piece) {
        loose.push(piece);
        last = { param: null, begins: skipSpace(rest, position), named: false };
      }
      position = end;
      continue;
    }
    const param = names.get(fold((match[1] ?? "").replace(TURKISH_I, "i")));
    if (!param || Object.hasOwn(args, param.name)) return { args, problem: true, last: null };
    const begins = match.index + match[0].length;
    [args[param.name], position] = readValue(rest, begins, keys, here, runs);
    last = { param, begins: position > begins ? Math.min(skipSpace(rest, begins), position) : begins, named: true };
  }
  const text = loose.join(" ");
  const given = place(command, args, text);
  if (last && !last.named && given.last) {
    // The end of the words without names is the end of the line, so it is counted from there.
    const begins = strip(`.${rest}`).length - 1 - (text.length - given.last.start);
    last = { param: given.last.param, begins: Math.max(begins, last.begins), named: false };
  }
  return { args, problem: given.problem, last };
}

/**
 * What finds the next name in a line, or a name just `here`, and the parameter that each spelling of a name means.
 * @param {Command} command
 */
function keysOf(command) {
  const names = new Map(command.params.flatMap((param) => [[param.name, param], [param.name.replaceAll("_", "-"), param]]));
  const either = [...names.keys()].sort((a, b) => b.length - a.length).join("|") || "(?!)";
  const name = `(?<![^${SPACE}])(${either.replaceAll("i", "[iıİ]")})[:=]`;
  return { keys: new RegExp(name, "giu"), here: new RegExp(name, "iuy"), names };
}

/** @param {RegExp} keys @param {string} text @param {number} from */
function search(keys, text, from) {
  keys.lastIndex = from;
  return keys.exec(text);
}

/**
 * The next name that stands in no quoted run of words. Single quotes are apostrophes more often.
 * @param {RegExp} keys
 * @param {string} text
 * @param {number} from
 * @param {Set<string>} runs
 */
function nextName(keys, text, from, runs) {
  let at = from;
  let match = search(keys, text, at);
  for (;;) {
    // Looked for again only where a run of words was in the way: with many of them that would take quadratic time.
    if (match && match.index < at) match = search(keys, text, at);
    const run = search(RUN, text, at);
    if (!match || !run || run.index > match.index) return match;
    const closers = CLOSERS[run[0]] ?? "";
    const close = runs.has(closers) ? null : closing(text, run.index + 1, closers);
    if (close === null) runs.add(closers);
    at = close === null ? run.index + 1 : close + 1;
  }
}

/** @param {string} text @param {number} from */
function skipSpace(text, from) {
  let at = from;
  while (at < text.length && isSpace(text[at])) at += 1;
  return at;
}

/**
 * Where text without a name ends: at the next name, unless that name stands inside quotes.
 * @param {string} rest
 * @param {number} start
 * @param {number} end
 */
function looseEnd(rest, start, end) {
  const begin = skipSpace(rest, start);
  const closers = CLOSERS[rest[begin] ?? ""];
  if (!closers) return end;
  const close = closing(rest, begin + 1, closers);
  return close !== null && close >= end ? close + 1 : end;
}

/**
 * The first closing quote after which a space or the end comes.
 * @param {string} rest
 * @param {number} start
 * @param {string} closers
 */
function closing(rest, start, closers) {
  for (let at = start; at < rest.length; at += 1) {
    if (closers.includes(rest[at] ?? "") && (at + 1 === rest.length || isSpace(rest[at + 1]))) return at;
  }
  return null;
}

/**
 * One named value and where it ends. Quotes inside quotes are kept: the closing one is followed by the end,
 * by another name, or by another quoted value.
 * @param {string} rest
 * @param {number} from
 * @param {RegExp} keys
 * @param {RegExp} here
 * @param {Set<string>} runs
 * @returns {[string, number]}
 */
function readValue(rest, from, keys, here, runs) {
  const start = skipSpace(rest, from);
  const closers = CLOSERS[rest[start] ?? ""];
  if (closers) {
    for (let at = start + 1; at < rest.length; at += 1) {
      if (!closers.includes(rest[at] ?? "")) continue;
      const next = skipSpace(rest, at + 1);
      // Looked for just here and not up to the end: with many quotes that would take quadratic time.
      const follows = (rest[next] ?? "") in CLOSERS || search(here, rest, next) !== null;
      if (next === rest.length || (next > at + 1 && follows)) return [strip(rest.slice(start + 1, at)), at + 1];
    }
    const close = closing(rest, start + 1, closers);
    if (close !== null) return [strip(rest.slice(start + 1, close)), close + 1];
  }
  const end = nextName(keys, rest, start, runs)?.index ?? rest.length;
  return [strip(rest.slice(start, end)), end];
}

/**
 * Give the text without names to the leading required parameters, or to the first one where none is
 * required. `last`: the parameter that got the end of it, and from where on.
 * @param {Command} command
 * @param {Args} args
 * @param {string} loose
 * @returns {{ problem: boolean, last: { param: Param, start: number } | null }}
 */
function place(command, args, loose) {
  if (!loose) return { problem: false, last: null };
  const required = command.params.filter((param) => param.required);
  const open = (required.length ? required : command.params.slice(0, 1)).filter((param) => !(Object.hasOwn(args, param.name)));
  const [only, ...more] = open;
  if (!only) return { problem: true, last: null };
  if (more.length === 0) {
    args[only.name] = unquote(loose);
    return { problem: false, last: { param: only, start: 0 } };
  }
  return spread(open, args, loose);
}

/**
 * One word each, and to the last parameter that takes free text all that is left, as it was typed.
 * @param {Param[]} open
 * @param {Args} args
 * @param {string} loose
 * @returns {ReturnType<typeof place>}
 */
function spread(open, args, loose) {
  const spans = split(loose);
  const wide = open.map((param) => WIDE.has(param.kind)).lastIndexOf(true);
  const spare = spans.length - open.length;
  if (spare > 0 && wide < 0) return { problem: true, last: null };
  if (spare > 0) {
    const soaked = spans.splice(wide, spare + 1);
    spans.splice(wide, 0, { start: soaked[0]?.start ?? 0, end: soaked.at(-1)?.end ?? loose.length });
  }
  let last = null;
  for (const [at, param] of open.entries()) {
    const span = spans[at];
    if (!span) break;
    args[param.name] = unquote(loose.slice(span.start, span.end));
    last = { param, start: span.start };
  }
  return { problem: false, last };
}

/**
 * Text without the quotes around it, where it has a pair of them.
 * @param {string} text
 */
function unquote(text) {
  const closers = CLOSERS[text[0] ?? ""];
  return closers && text.length > 1 && closers.includes(text.at(-1) ?? "") ? strip(text.slice(1, -1)) : text;
}

/**
 * Where words begin and end; a quoted run of words is one.
 * @param {string} text
 */
function split(text) {
  const spans = [];
  const unclosed = new Set(); // what was looked for to the end in vain is not looked for again
  let position = skipSpace(text, 0);
  while (position < text.length) {
    const start = position;
    const closers = CLOSERS[text[start] ?? ""];
    const close = closers && !unclosed.has(closers) ? closing(text, start + 1, closers) : null;
    if (close === null) unclosed.add(closers);
    const end = close === null ? start + (search(WORD_HERE, text, start)?.[0].length ?? 0) : close + 1;
    spans.push({ start, end });
    position = skipSpace(text, end);
  }
  return spans;
}

// ---- what the menu needs

/**
 * What could be typed at the end of `text`, null where nothing is offered. Stages: group, verb, param (names,
 * and values of `positional`), value (of `param`).
 * @param {string} text
 * @param {Command[]} commands
 * @param {Group[]} groups
 * @returns {CompletionContext | null}
 */
export function context(text, commands, groups) {
  if (!strip(text)) return null;
  const { all, folded, at, group, command, end } = heading(text, commands, groups);
  const fresh = isSpace(text.at(-1));
  const written = all.length - at - (fresh ? 0 : 1);
  if (written <= 0) return { stage: "group", query: folded[at] ?? "", from: 0 };
  if (written === 1 && (group || !command)) {
    const query = fresh ? "" : folded[at + 1] ?? "";
    const from = fresh ? text.length : all[at + 1]?.start ?? text.length;
    return { stage: "verb", group: group ?? folded[at] ?? "", query, from, viaCohort: at === 0 && group === ROOT };
  }
  return command && parameterContext(command, text, end);
}

/**
 * @param {Command} command
 * @param {string} text
 * @param {number} end
 * @returns {CompletionContext}
 */
function parameterContext(command, text, end) {
  const { args, last } = readArguments(command, text.slice(end));
  const from = end + (last?.begins ?? 0);
  const whole = text.slice(from);
  const closers = CLOSERS[whole[0] ?? ""];
  const open = closers !== undefined && closing(whole, 1, closers) === null;
  if (isSpace(text.at(-1)) && !open) {
    const unquoted = last?.named && !closers ? last.param : null;
    if (unquoted && !strip(whole)) return { stage: "value", command, param: unquoted, query: "", from: text.length, args };
    const positional = nextPositional(command, args);
    return { stage: "param", command, positional, query: "", from: text.length, value: "", begins: text.length, args, fresh: true, named: false, needsName: Boolean(unquoted) };
  }
  const value = !closers ? whole : open ? whole.slice(1) : unquote(whole);
  if (last?.named && last.param && (closers || !IS_SPACE.test(whole))) {
    return { stage: "value", command, param: last.param, query: value, from, args };
  }
  const word = closers ? { text: value, start: from } : words(text, from).at(-1) ?? { text: "", start: text.length };
  return { stage: "param", command, positional: last?.param, query: word.text, from: word.start, value, begins: from, args, fresh: false, named: last?.named ?? false, needsName: false };
}

/**
 * The parameter that a value without a name goes to: the next required one, or the first where none is required.
 * @param {Command} command
 * @param {Args} args
 */
function nextPositional(command, args) {
  const required = command.params.filter((param) => param.required);
  const leading = required.length ? required : command.params.slice(0, 1);
  return leading.find((param) => param.kind !== "file" && !Object.hasOwn(args, param.name));
}
