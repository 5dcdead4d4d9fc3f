// @ts-check
/**
 * The command line: `/group verb key:value key="two words" free words`.
 *
 * `/cohort group verb` is the same as `/group verb`, `/cohort admin verb` the same as `/cohort-admin verb`.
 * `key=value` works too, with quotes of any kind. Words without a key fill the leading required parameters in
 * order; the last of these, or a keyed text before them, takes the rest of a sentence.
 */

const DOUBLE = "\"“”„‟", SINGLE = "'‘’‚‛";
/** What closes a quote that begins so; the same as in the bot's own reader. */
const QUOTES = {
  ...Object.fromEntries([...DOUBLE].map((mark) => [mark, DOUBLE])),
  ...Object.fromEntries([...SINGLE].map((mark) => [mark, SINGLE])),
  "«": "»", "»": "«»", "‹": "›", "›": "‹›",
};
const WORDY = new Set(["text", "long_text", "record"]);

/**
 * Cut a line into tokens `{start, end, raw, quoted, value, open}`. `open`: a quote that does not end.
 * A quote counts only where a value begins, so that an apostrophe inside a word is a letter.
 */
export function tokenize(text) {
  const tokens = [];
  let at = 0;
  while (at < text.length) {
    if (/\s/.test(text[at])) {
      at += 1;
      continue;
    }
    const start = at;
    let value = "";
    let quoted = false;
    let open = false;
    let valueStart = true;
    let key = null;
    while (at < text.length && !/\s/.test(text[at])) {
      const character = text[at];
      if (valueStart && character in QUOTES) {
        const inside = readQuoted(text, at);
        value += inside.value;
        at = inside.end;
        quoted = true;
        open = inside.open;
        valueStart = false;
        continue;
      }
      if ((character === ":" || character === "=") && key === null && /^[\p{L}_][\p{L}\d_-]*$/u.test(value) && !quoted) {
        key = { name: value.toLowerCase(), at: value.length + 1 };
        value += character;
        at += 1;
        valueStart = true;
        continue;
      }
      value += character;
      at += 1;
      valueStart = false;
    }
    tokens.push({ start, end: at, raw: text.slice(start, at), value, key, quoted, open });
  }
  return tokens;
}

function readQuoted(text, from) {
  const closing = QUOTES[text[from]];
  let value = "";
  for (let at = from + 1; at < text.length; at += 1) {
    if (closing.includes(text[at]) && (at + 1 === text.length || /\s/.test(text[at + 1]))) {
      return { value, end: at + 1, open: false };
    } else {
      value += text[at];
    }
  }
  return { value, end: text.length, open: true };
}

/** A value as it must be typed: in quotes where it needs them, of a kind that it does not hold itself. */
export function quote(value) {
  if (value !== "" && !/\s/.test(value) && !(value[0] in QUOTES)) return value;
  const holds = (marks) => [...marks].some((mark) => value.includes(mark));
  if (!holds(DOUBLE)) return `"${value}"`;
  return holds(SINGLE) ? `«${value}»` : `'${value}'`;
}

/** The words before the parameters, with the two ways of saying them made one. */
function heading(tokens, groups) {
  const words = tokens.map((token) => token.raw.toLowerCase());
  let group = words[0].slice(1);
  let used = 1;
  if (group === "cohort" && words.length > 1) {
    if (words[1] === "admin") [group, used] = ["cohort-admin", 2];
    else if (words[1] !== "cohort" && groups.some(({ name }) => name === words[1])) [group, used] = [words[1], 2];
  }
  return { group, used, verb: words[used] };
}

/**
 * The arguments in the rest of a line, the way the bot reads them: values with names, and text without, which goes
 * to the leading required parameters, or to the first one where none is required.
 * @param {import("./types").Command} command
 * @param {string} rest
 * @returns {Record<string, string>}
 */
export function readArguments(command, rest) {
  const keys = keyFinder(command);
  /** @type {Record<string, string>} */
  const args = {};
  const loose = [];
  let at = 0;
  while (at < rest.length) {
    const match = keys.find(rest, at);
    if (!match || rest.slice(at, match.start).trim()) {
      const end = looseEnd(rest, at, match ? match.start : rest.length);
      loose.push(rest.slice(at, end).trim());
      at = end;
      continue;
    }
    if (match.name in args) return args;
    [args[match.name], at] = namedValue(rest, match.end, keys);
  }
  return place(command, args, loose.filter(Boolean).join(" "));
}

/** Finds the next `name:` or `name=` that begins a word. */
function keyFinder(command) {
  const names = new Map(command.params.flatMap(({ name }) => [[name, name], [name.replaceAll("_", "-"), name]]));
  const either = [...names.keys()].sort((a, b) => b.length - a.length).join("|") || "(?!)";
  const pattern = new RegExp(`(?<!\\S)(${either})[:=]`, "giu");
  return {
    /** @returns {{name: string, start: number, end: number} | null} */
    find(text, from) {
      pattern.lastIndex = from;
      const found = pattern.exec(text);
      return found && { name: /** @type {string} */ (names.get(found[1].toLowerCase())), start: found.index, end: pattern.lastIndex };
    },
  };
}

/** Where text without a name ends: at the next name, unless that name stands inside quotes. */
function looseEnd(rest, start, end) {
  const begin = rest.length - rest.slice(start).trimStart().length;
  const closers = QUOTES[rest[begin]];
  const close = closers ? closing(rest, begin + 1, closers) : -1;
  return close >= end ? close + 1 : end;
}

/** The first closing quote after which a space or the end comes, or -1. */
function closing(text, start, closers) {
  for (let at = start; at < text.length; at += 1) {
    if (closers.includes(text[at]) && (at + 1 === text.length || /\s/.test(text[at + 1]))) return at;
  }
  return -1;
}

/** One named value and where it ends; without quotes it goes on until the next name. */
function namedValue(rest, from, keys) {
  let start = from;
  while (start < rest.length && /\s/.test(rest[start])) start += 1;
  const closers = QUOTES[rest[start]];
  if (closers) {
    for (let at = start + 1; at < rest.length; at += 1) {
      if (!closers.includes(rest[at])) continue;
      const after = rest.slice(at + 1);
      const tail = after.trimStart();
      const begins = rest.length - tail.length;
      if (!tail || (/^\s/.test(after) && (tail[0] in QUOTES || keys.find(rest, begins)?.start === begins))) {
        return [rest.slice(start + 1, at).trim(), at + 1];
      }
    }
    const close = closing(rest, start + 1, closers);
    if (close >= 0) return [rest.slice(start + 1, close).trim(), close + 1];
  }
  const end = keys.find(rest, start)?.start ?? rest.length;
  return [rest.slice(start, end).trim(), end];
}

function place(command, args, loose) {
  if (!loose) return args;
  const required = command.params.filter((param) => param.required);
  const open = (required.length ? required : command.params.slice(0, 1)).filter((param) => !(param.name in args));
  if (open.length === 1) return { ...args, [open[0].name]: unquote(loose) };
  return open.length ? spread(open, args, loose) : args;
}

/** One word each, and to the last parameter that takes free text all that is left, as it was typed. */
function spread(open, args, loose) {
  let spans = words(loose);
  const wide = open.findLastIndex((param) => WORDY.has(param.kind));
  const spare = spans.length - open.length;
  if (spare > 0 && wide < 0) return args;
  if (spare > 0) spans = [...spans.slice(0, wide), [spans[wide][0], spans[wide + spare][1]], ...spans.slice(wide + spare + 1)];
  const given = spans.map(([start, end]) => unquote(loose.slice(start, end)));
  return { ...args, ...Object.fromEntries(open.slice(0, given.length).map((param, at) => [param.name, given[at]])) };
}

/** Text without the quotes around it, where it has a pair of them. */
function unquote(text) {
  return text.length > 1 && QUOTES[text[0]]?.includes(text.at(-1)) ? text.slice(1, -1).trim() : text;
}

/** Where words begin and end; a quoted run of words is one. */
function words(text) {
  const spans = [];
  let at = 0;
  while (at < text.length) {
    if (/\s/.test(text[at])) { at += 1; continue; }
    const start = at;
    while (at < text.length && !/\s/.test(text[at])) at += 1;
    const close = text[start] in QUOTES ? closing(text, start + 1, QUOTES[text[start]]) : -1;
    if (close >= 0) at = close + 1;
    spans.push([start, at]);
  }
  return spans;
}

/** Which parameter each token belongs to, for the menu; null where to none. */
export function bind(command, tokens) {
  const byName = new Map(command.params.map((param) => [param.name, param]));
  const leading = command.params.filter((param) => param.required && param.kind !== "file");
  const keyed = new Set(tokens.filter((token) => byName.has(token.key?.name)).map((token) => token.key.name));
  const queue = leading.filter((param) => !keyed.has(param.name));
  let last = null;
  return tokens.map((token) => {
    const named = byName.get(token.key?.name);
    if (named) {
      last = token.quoted ? null : named;
      return named;
    }
    if (last) return last;
    const next = queue.shift() ?? null;
    if (next && queue.length === 0 && WORDY.has(next.kind) && !token.quoted) last = next;
    return next;
  });
}

/**
 * What could be typed at the end of `text`: `{stage, query, from, ...}` with `from` the index that the
 * chosen value replaces. Stages: group, verb, param (names, and values of `positional`), value (of `param`).
 */
export function context(text, commands, groups) {
  const tokens = tokenize(text);
  const fresh = text === "" || (/\s$/.test(text) && !tokens.at(-1)?.open);
  if (tokens.length === 0) return null;
  const { group, used } = heading(tokens, groups);
  const written = tokens.length - used;
  const here = /** @type {import("./types").Token} */ (fresh ? { raw: "", value: "", start: text.length, key: null } : tokens.at(-1));
  if (written === 0 && !fresh) {
    return { stage: "group", query: group, from: 0 };
  }
  const inGroup = commands.filter((command) => command.group === group);
  if (written === 0 || (written === 1 && !fresh)) {
    return { stage: "verb", group, query: here.raw.toLowerCase(), from: here.start, viaCohort: used === 1 && group === "cohort" };
  }
  const verb = tokens[used].raw.toLowerCase();
  const command = inGroup.find((candidate) => candidate.verb === verb);
  if (!command) return null;
  return parameterContext(command, tokens.slice(used + 1), here, fresh, readArguments(command, text.slice(tokens[used].end).trim()));
}

function parameterContext(command, tokens, here, fresh, args) {
  const bound = bind(command, tokens);
  const named = command.params.find((param) => param.name === here.key?.name);
  if (!fresh && named) {
    return { stage: "value", command, param: named, query: here.value.slice(here.key.at), from: here.start + here.key.at, args };
  }
  const positional = fresh
    ? command.params.find((param) => param.required && param.kind !== "file" && !(param.name in args))
    : bound.at(-1) ?? null;
  return { stage: "param", command, positional, query: here.value, from: here.start, args, fresh };
}
