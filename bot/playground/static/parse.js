/**
 * The command line: `/group verb key:value key="two words" free words`.
 *
 * `/cohort group verb` is the same as `/group verb`, `/cohort admin verb` the same as `/cohort-admin verb`.
 * `key=value` works too, with quotes of any kind. Words without a key fill the leading required parameters in
 * order; the last of these, or a keyed text before them, takes the rest of a sentence.
 */

const QUOTES = { '"': '"', "'": "'", "“": "”", "„": "“”", "”": "”", "‘": "’", "’": "’", "«": "»" };
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
    if (text[at] === "\\" && at + 1 < text.length && (closing.includes(text[at + 1]) || text[at + 1] === "\\")) {
      value += text[at + 1];
      at += 1;
    } else if (closing.includes(text[at]) && (at + 1 === text.length || /\s/.test(text[at + 1]))) {
      return { value, end: at + 1, open: false };
    } else {
      value += text[at];
    }
  }
  return { value, end: text.length, open: true };
}

/** A value as it must be typed: in quotes where it needs them. */
export function quote(value) {
  if (value !== "" && !/\s/.test(value) && !(value[0] in QUOTES)) return value;
  return `"${value.replace(/[\\"]/g, "\\$&")}"`;
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

/** Give each token to a parameter. The server reads the line again when it is sent; this serves the menu. */
export function bind(command, tokens) {
  const byName = new Map(command.params.map((param) => [param.name, param]));
  const args = {};
  const bound = [];
  const leading = command.params.filter((param) => param.required && param.kind !== "file");
  const keyed = new Set(tokens.filter((token) => byName.has(token.key?.name)).map((token) => token.key.name));
  const queue = leading.filter((param) => !keyed.has(param.name));
  let last = null;
  for (const token of tokens) {
    const param = byName.get(token.key?.name);
    if (param) {
      args[param.name] = token.value.slice(token.key.at);
      last = WORDY.has(param.kind) && !token.quoted ? param : null;
      bound.push(param);
    } else if (last && (queue.length === 0 || last.fromKey)) {
      args[last.name] += ` ${token.value}`;
      bound.push(last);
    } else if (queue.length) {
      const next = queue.shift();
      args[next.name] = token.value;
      last = queue.length === 0 && WORDY.has(next.kind) && !token.quoted ? next : null;
      bound.push(next);
    } else {
      bound.push(null);
    }
  }
  return { args, bound };
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
  const here = fresh ? { raw: "", value: "", start: text.length, key: null } : tokens.at(-1);
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
  return parameterContext(command, tokens.slice(used + 1), here, fresh);
}

function parameterContext(command, tokens, here, fresh) {
  const { args, bound } = bind(command, tokens);
  const named = command.params.find((param) => param.name === here.key?.name);
  if (!fresh && named) {
    return { stage: "value", command, param: named, query: here.value.slice(here.key.at), from: here.start + here.key.at, args };
  }
  const positional = fresh
    ? command.params.find((param) => param.required && param.kind !== "file" && !(param.name in args))
    : bound.at(-1) ?? null;
  return { stage: "param", command, positional, query: here.value, from: here.start, args, fresh };
}
