// @ts-check
/** What the completion menu offers at the end of a line. Pure, but for the server's own completion. */

import { context as readContext, quote } from "./parse.js";

/** @import { Args, Choice, Command, Group, Item, Lookup, Completions, Param, ParamContext, Section, VerbContext } from "./types" */

const FULL_COMMANDS = 8;

/**
 * What can complete the line that is typed so far, null where nothing can.
 * @param {string} text
 * @param {Command[]} commands
 * @param {Group[]} groups
 * @param {Lookup} lookup
 * @returns {Promise<Completions | null>}
 */
export async function completions(text, commands, groups, lookup) {
  const context = readContext(text, commands, groups);
  if (!context) return null;
  const before = text.slice(0, context.from);
  if (context.stage === "group") return groupCompletions(context.query, commands, groups);
  if (context.stage === "verb") return verbCompletions(context, before, commands, groups);
  if (context.stage === "value") {
    const items = await values(context.command, context.param, context.query, context.args, lookup);
    return describe(context.command, context.param, [{ title: "", items: items.map((item) => valueItem(item, before)) }], isStrict(context.param, context.query, items));
  }
  return parameterCompletions(context, before, text.slice(0, context.begins), lookup);
}

/**
 * @param {string} query
 * @param {Command[]} commands
 * @param {Group[]} groups
 * @returns {Completions}
 */
function groupCompletions(query, commands, groups) {
  const matching = groups.filter((group) => group.name.startsWith(query));
  const items = matching.map((group) => ({
    label: `/${group.name}`,
    detail: group.help,
    badge: count(commands.filter((command) => command.group === group.name).length),
    text: `/${group.name} `,
  }));
  /** @type {Section[]} */
  const sections = [{ title: "", items }];
  if (query.length > 1) {
    const full = commands.filter((command) => command.name.includes(query) && !(matching.length > 1 && command.verb.indexOf(query) < 0));
    const direct = full.slice(0, FULL_COMMANDS).map((command) => commandItem(command));
    if (direct.length) sections.push({ title: "Commands", items: direct });
  }
  return { head: null, sections, strict: items.length > 0 || sections.length > 1, note: items.length || sections.length > 1 ? "" : "No command begins like this." };
}

/** @param {number} number */
function count(number) {
  return number === 1 ? "1 command" : `${number} commands`;
}

/** @param {Command} command @returns {Item} */
function commandItem(command) {
  return {
    label: `/${command.name}`,
    detail: command.help,
    badge: command.admin ? "organizers" : "",
    text: `/${command.name}${command.params.length ? " " : ""}`,
  };
}

/**
 * @param {VerbContext} context
 * @param {string} before
 * @param {Command[]} commands
 * @param {Group[]} groups
 * @returns {Completions}
 */
function verbCompletions(context, before, commands, groups) {
  const inGroup = commands.filter((command) => command.group === context.group && command.verb.startsWith(context.query));
  const items = inGroup.map((command) => ({ ...commandItem(command), label: command.verb, text: `${before}${command.verb}${command.params.length ? " " : ""}` }));
  /** @type {Section[]} */
  const sections = [{ title: `/${context.group}`, items }];
  if (context.viaCohort) {
    const others = groups.filter((group) => group.name !== "cohort" && group.name.startsWith(context.query));
    if (others.length) {
      sections.push({ title: "Other groups", items: others.map((group) => ({ label: group.name, detail: group.help, text: `${before}${group.name} ` })) });
    }
  }
  const exact = inGroup.some((command) => command.verb === context.query);
  return { head: null, sections, strict: !exact, note: sections.some((section) => section.items.length) ? "" : "No verb begins like this." };
}

/**
 * @param {ParamContext} context
 * @param {string} before the line before a name
 * @param {string} beforeValue the line before the value
 * @param {Lookup} lookup
 * @returns {Promise<Completions>}
 */
async function parameterCompletions(context, before, beforeValue, lookup) {
  const { command, positional, query, value, args } = context;
  /** @type {Section[]} */
  const sections = [];
  let strict = false;
  if (positional && hasValues(positional)) {
    const items = await values(command, positional, value, args, lookup);
    const start = context.needsName ? `${beforeValue}${positional.name}:` : beforeValue;
    if (items.length) sections.push({ title: positional.label, items: items.map((item) => valueItem(item, start)) });
    strict = isStrict(positional, value, items);
  }
  /** @type {Record<string, string | undefined>} */
  const given = context.fresh || context.named || !positional ? args : { ...args, [positional.name]: undefined };
  const left = command.params.filter((param) => given[param.name] === undefined && param.kind !== "file");
  const names = left.filter((param) => param.name.startsWith(query.toLowerCase()) && !(positional === param && !hasValues(param) && context.fresh && param.required && left.length === 1));
  const items = names.map((param) => ({
    label: `${param.name}:`,
    detail: param.help || param.label,
    badge: param.required ? "required" : "",
    text: `${before}${param.name}:`,
  }));
  if (items.length) sections.push({ title: "Options", items });
  return describe(command, positional, sections, strict);
}

/**
 * @param {Command} command
 * @param {Param | null | undefined} param
 * @param {Section[]} sections
 * @param {boolean} strict
 * @returns {Completions}
 */
function describe(command, param, sections, strict) {
  return { head: { command, param }, sections, strict, note: "" };
}

/** @param {Param} param */
function hasValues(param) {
  return param.complete || param.choices?.length > 0 || ["flag", "person", "channel"].includes(param.kind);
}

/**
 * Whether Enter should take the highlighted value: the parameter accepts only what is listed.
 * @param {Param} param
 * @param {string} query
 * @param {Choice[]} items
 */
function isStrict(param, query, items) {
  if (items.some((item) => item.value.toLowerCase() === query.toLowerCase())) return false;
  return query !== "" && items.length > 0 && ["choice", "person", "channel", "flag"].includes(param.kind);
}

/**
 * @param {Command} command
 * @param {Param} param
 * @param {string} query
 * @param {Args} args
 * @param {Lookup} lookup
 * @returns {Promise<Choice[]>}
 */
async function values(command, param, query, args, lookup) {
  if (param.kind === "flag") return matching([{ value: "yes", label: "yes" }, { value: "no", label: "no" }], query);
  if (param.choices?.length) return matching(param.choices, query);
  if (!hasValues(param)) return [];
  return lookup(command.name, param.name, query, args);
}

/** @param {Choice[]} choices @param {string} query */
function matching(choices, query) {
  const wanted = query.toLowerCase();
  return choices.filter((choice) => choice.value.toLowerCase().startsWith(wanted) || choice.label.toLowerCase().includes(wanted));
}

/** @param {Choice} choice @param {string} before @returns {Item} */
function valueItem(choice, before) {
  const labelRepeatsValue = choice.label.toLowerCase().replace("#", "").startsWith(choice.value.toLowerCase().replace("#", ""));
  return { label: choice.label, detail: choice.detail ?? (labelRepeatsValue ? "" : choice.value), text: `${before}${quote(choice.value)} `, value: choice.value };
}
