/** The trees of the playground's protocol; protocol.js says which frame holds which. */

export interface Choice { value: string; label: string; detail?: string }

export interface Param {
  name: string; label: string; kind: string; required: boolean; help: string; choices: Choice[];
  complete: boolean; min: number | null; max: number | null; max_length: number; value?: string | null;
}

export interface Command {
  name: string; group: string; verb: string; help: string; admin: boolean; private: boolean;
  form: string | null; params: Param[];
}

export interface Group { name: string; help: string }

export interface Form { id: string; title: string; command: string; fields: Param[] }

export interface Person {
  id: string; name: string; handle: string; role: "organizer" | "mentor" | "member" | "none"; note: string; bot?: boolean;
}

export interface Place { id: string; kind: "channel" | "direct"; name: string; topic: string }

export interface State {
  cohort: { name: string; zone: string; sample: boolean; exists: boolean };
  me: string; people: Person[]; places: Place[];
  clock: { now: string; next: { what: string; at: string } | null };
  suggestions: { text: string; why: string }[];
}

export type Span = { s: string; b?: boolean; i?: boolean; code?: boolean; href?: string; at?: string };

export type Text = { k: "plain" | "item" | "quote"; c: Span[] }[];

export type Block =
  | { t: "fields"; items: [string, Text][] }
  | { t: "table"; columns: string[]; rows: string[][] }
  | { t: "picture"; url: string; alt: string; name: string }
  | { t: "file"; url: string; name: string; size: number }
  | { t: "buttons"; items: { id: string; label: string; style: "normal" | "primary" | "danger" }[] };

export interface Message {
  id: string; order: number; place: string; thread: string | null; author: string; at: string; text: Text;
  blocks: Block[]; private: boolean; error: boolean; via: { person: string; text: string; button: boolean } | null;
  replies: number; last_reply: string | null;
}

/** A token of a command line; `start` and `end` are offsets. */
export interface Token {
  start: number; end: number; raw: string; value: string; key: { name: string; at: number } | null;
  quoted: boolean; open: boolean;
}
