/** The shapes of protocol.js, and those that several modules of the page share. Only the type checker reads this. */

// ---- what travels

export interface State {
  cohort: { name: string; zone: string | null; sample: boolean; exists: boolean };
  me: string;
  people: Person[];
  places: Place[];
  clock: { now: string; next: { what: string; at: string } | null; ahead: boolean };
  suggestions: Suggestion[];
  tries: Try[];
}

/** Something to try in the beginning: a line to run at once, or a move of the clock by so many seconds. */
export interface Try {
  title: string;
  why: string;
  line: string | null;
  forward: number | null;
}

export interface Suggestion {
  text: string;
  why: string;
}

export type Role = "organizer" | "mentor" | "member" | "none";

export interface Person {
  id: string;
  name: string;
  handle: string;
  role: Role;
  note: string;
  bot?: boolean;
}

export interface Place {
  id: string;
  kind: "channel" | "direct";
  name: string;
  topic: string;
}

export interface Message {
  id: string;
  order: number;
  place: string;
  thread: string | null;
  author: string;
  at: string;
  text: Line[];
  blocks: Block[];
  private: boolean;
  error: boolean;
  via: Via | null;
  pressed: string[];
  replies: number;
  last_reply: string | null;
}

export interface Via {
  person: string;
  text: string;
  button: boolean;
}

export interface Line {
  k: "plain" | "item" | "quote";
  c: Inline[];
}

export type Inline = Span | { at: string; s: string } | { cmd: string; s: string };

export interface Span {
  s: string;
  b?: boolean;
  i?: boolean;
  code?: boolean;
  href?: string;
}

export type Block = FieldsBlock | TableBlock | RecordsBlock | PictureBlock | FileBlock | ButtonsBlock;
export type FieldsBlock = { t: "fields"; items: [string, Line[]][] };
export type TableBlock = { t: "table"; columns: string[]; rows: string[][] };
export type RecordsBlock = { t: "records"; items: ListedRecord[] };
/** `sizes`: width and height as a wide picture and as a narrow one, where it can be drawn as either. */
export type PictureBlock = { t: "picture"; url: string; alt: string; name: string; sizes?: [[number, number], [number, number]] };
export type FileBlock = { t: "file"; url: string; name: string; size: number };
export type ButtonsBlock = { t: "buttons"; items: Button[] };

/** A record of a list: what it is called, what else is said of it, and the button that opens it. `heading` stands above
 * the first of the consecutive records that have the same one. */
export interface ListedRecord {
  heading?: string;
  name: Line[];
  details: Line[][];
  open: Button | null;
}

export interface Button {
  id: string;
  label: string;
  style: "normal" | "primary" | "danger";
}

export interface Command {
  name: string;
  group: string;
  verb: string;
  help: string;
  admin: boolean;
  private: boolean;
  form: boolean;
  params: Param[];
}

export interface Group {
  name: string;
  help: string;
}

export type Kind =
  | "text" | "long_text" | "integer" | "number" | "flag" | "date" | "choice" | "person" | "channel" | "file" | "record";

export interface Field {
  name: string;
  label: string;
  kind: Kind;
  required: boolean;
  help: string;
  choices: Choice[];
  min: number | null;
  max: number | null;
  max_length: number | null;
}

export interface Param extends Field {
  complete: boolean;
}

export interface FormField extends Field {
  value: string | null;
  /** What is said above the field, empty for nothing. */
  note: string;
}

export interface Choice {
  value: string;
  label: string;
  detail?: string;
}

export interface Form {
  id: string;
  title: string;
  submit: string;
  command: string;
  fields: FormField[];
}

/** A file as a form sends it. */
export interface Upload {
  name: string;
  type: string;
  data: string;
}

/** What a person wrote or chose, by the names of the fields. */
export type Values = Record<string, string | Upload>;

/** Arguments that stand on a command line, by the names of the parameters. */
export type Args = Record<string, string>;

/** Requests: their fields without type and id, and what an answer that is ok carries. */
export interface Requests {
  become: [{ person: string }, {}];
  history: [{ place: string; thread?: string | null; before?: string | null }, { messages: Message[]; more: boolean }];
  say: [Where & { text: string }, Called];
  command: [Where & { text: string }, Called];
  complete: [Where & { command: string; param: string; text: string; args: Args; form?: string }, { items: Choice[] }];
  click: [Where & { message: string; button: string }, Called];
  offer: [Where & { label: string; call: string }, Called];
  submit: [Where & Partial<Pressed> & { form: string; values: Values }, Called];
  clock: [ClockMove, Moved];
  reset: [{ to: "empty" | "sample" }, {}];
}

/** What a call that went well gives back. */
export interface Called {
  form?: Form;
}

/** What a move of the clock did, in sentences; where something was posted, and how much; where a digest was. */
export interface Moved {
  words: string[];
  posted?: { place: string; count: number; last: string }[];
  digest?: string | null;
}

/** The button that a form came from. */
export interface Pressed {
  message: string;
  button: string;
}

export type ClockMove = { to: "next" | "now" } | { forward: number };

export type Asked<T extends keyof Requests> = Requests[T][0];
export type Answer<T extends keyof Requests> = ({ type: "answer"; id: string; ok: true } & Requests[T][1]) | Refusal;

export interface Refusal {
  type: "answer";
  id: string;
  ok: false;
  error: string;
  errors?: Record<string, string>;
  offers?: Offer[];
}

/** A button beside a refusal: a call, or another value for the field that is wrong. */
export interface Offer {
  label: string;
  call: string;
  value: string | null;
}

/** What the server says unasked, by the types of the frames. */
export interface Told {
  welcome: { type: "welcome"; state: State; commands: Command[]; groups: Group[] };
  state: { type: "state"; state: State };
  clock: { type: "clock"; now: string };
  message: { type: "message"; message: Message };
  edit: { type: "edit"; message: Message };
  remove: { type: "remove"; place: string; message: string };
}

export type ServerFrame = Told[keyof Told] | Answer<keyof Requests>;

/** What a connection tells its listeners. */
export interface Events extends Told {
  offline: { retry: number };
}

// ---- what the modules share

/** Where something is said or done: a place, or a thread in it. */
export interface Where {
  place: string;
  thread: string | null;
}

export type Child = Node | string | number | false | null | undefined | readonly Child[];

export type Listeners = { [K in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[K]) => unknown };

export type Props = {
  class?: string | null;
  on?: Listeners;
  data?: Record<string, string>;
} & { [attribute: string]: string | number | boolean | null | undefined | Listeners | Record<string, string> };

/** Completes a value of a parameter with what the server knows. */
export type Lookup = (command: string, param: string, text: string, args: Args) => Promise<Choice[]>;

/** A line of the completion menu; `text` is the whole command line once it is chosen. */
export interface Item {
  label: string;
  detail: string;
  badge?: string;
  text: string;
  value?: string;
}

export interface Section {
  title: string;
  items: Item[];
}

/** The command and the parameter that a completion menu is about. */
export interface Head {
  command: Command;
  param: Param | null | undefined;
}

/** What a completion menu shows. */
export interface Completions {
  head: Head | null;
  sections: Section[];
  strict: boolean;
  note: string;
}

/** How a field of a form is made. */
export interface Maker {
  input: HTMLElement;
  group?: boolean;
  wrapper?: HTMLElement;
  value: () => string | null;
  empty: () => boolean;
  focus?: () => void;
  problem?: () => string;
  read?: () => Promise<Upload | null>;
}

/** A field of a form in its place, with its label, help and error. */
export interface Control extends Maker {
  focus: () => void;
  field: FormField;
  element: HTMLElement;
  error: (words: string) => void;
}

/** What could be typed at the end of a line; `from` is the index that the chosen value replaces. */
export type CompletionContext = GroupContext | VerbContext | ParamContext | ValueContext;

export interface GroupContext {
  stage: "group";
  query: string;
  from: number;
}

export interface VerbContext {
  stage: "verb";
  group: string;
  query: string;
  from: number;
  viaCohort: boolean;
}

/** `query` may begin a name; `value`, from `begins` on, is what `positional` has got so far, after its
 * name or without. `needsName`: the value before has no quotes and goes on until the next name, so that
 * another value needs its own. */
export interface ParamContext {
  stage: "param";
  command: Command;
  positional: Param | null | undefined;
  query: string;
  from: number;
  value: string;
  begins: number;
  args: Args;
  fresh: boolean;
  named: boolean;
  needsName: boolean;
}

export interface ValueContext {
  stage: "value";
  command: Command;
  param: Param;
  query: string;
  from: number;
  args: Args;
}

/** What a command line says. */
export interface Parsed {
  command: Command | null;
  args: Args;
  problem: boolean;
}

/** What the rest of a line says, and the value at its end. */
export interface Read {
  args: Args;
  problem: boolean;
  last: { param: Param | null; begins: number; named: boolean } | null;
}
