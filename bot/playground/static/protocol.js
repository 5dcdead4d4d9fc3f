// @ts-check
/**
 * The playground's protocol: JSON text frames over one WebSocket, `/playground/socket`.
 *
 * CLIENT -> SERVER. Every frame has `type`. Those with `id` are requests: the server gives exactly one
 * `answer` with the same id. The id is made by the client and names the call itself: after a lost connection
 * the same frame is sent again, and the server answers what it answered the first time.
 *
 *   hello     {person?}                           first frame of a connection; answered by `welcome`
 *   become    {id, person}                        this connection now acts as another person
 *   history   {id, place, thread?, before?}       -> {messages: [Message], more: bool}
 *   say       {id, place, thread?, text}          words that are no command; the bot does not read them
 *   command   {id, place, thread?, text}          the line as it was typed; the server reads it
 *   complete  {id, place, thread?, command, param, text, args, form?}   -> {items: [Choice]}
 *   click     {id, place, thread?, message, button}
 *   submit    {id, place, thread?, message?, button?, form, values: {name: string | {name, type, data: base64}}}
 *   clock     {id, to: "next" | "now"} or {id, forward: seconds}
 *                                                 -> {words: [sentence], posted?: [{place, count, last: message id}], digest?: place}
 *   reset     {id, to: "empty" | "sample"}
 *
 * SERVER -> CLIENT
 *   welcome   {state: State, commands: [Command], groups: [{name, help}]}
 *   state     {state: State}                      replaces what is there
 *   clock     {now}                               the clock on its way, while it is moved
 *   message   {message: Message}                  a new one
 *   edit      {message: Message}                  replaces the one with its id
 *   remove    {place, message}
 *   answer    {id, ok: true, form?: Form, ...}    or {id, ok: false, error, errors?: {field: sentence}}
 *
 *   State     {cohort: {name, zone, sample, exists}, me: person id, people: [Person], places: [Place],
 *              clock: {now, next: {what, at} | null, ahead}, suggestions: [{text, why}],
 *              tries: [{title, why, line | null, forward | null}]}
 *   Person    {id, name, handle, role: "organizer"|"mentor"|"member"|"none", note, bot?}
 *   Place     {id, kind: "channel"|"direct", name, topic}
 *   Message   {id, order, place, thread: parent id | null, author: person id, at, text: Text, blocks: [Block],
 *              private, error, via: {person, text, button: bool} | null, replies, last_reply,
 *              pressed: [id of a button that I pressed and that did something]}
 *   Text      [{k: "plain"|"item"|"quote", c: [Span]}]
 *   Span      {s, b?, i?, code?, href?} | {at, s}    at: an instant, s: the same in words
 *             | {cmd, s}                             cmd: a line to type, s: the same with its slash
 *   Block     {t: "fields", items: [[label, Text]]} | {t: "table", columns, rows: [[string]]}
 *             | {t: "picture", url, alt, name, sizes?} | {t: "file", url, name, size}
 *             sizes: [width, height] of the wide and of the narrow picture that the url gives with
 *             ?width=wide|narrow&ground=light|dark
 *             | {t: "buttons", items: [{id, label, style: "normal"|"primary"|"danger"}]}
 *   Command   {name: "group verb", group, verb, help, admin, private, form, params: [Param]}
 *   Param     {name, label, kind, required, help, choices: [Choice], complete, min, max, max_length}
 *             kind: text long_text integer number flag date choice person channel file record
 *   Choice    {value, label, detail?}
 *   Form      {id, title, command, fields: [Param with value?, note]}    id: all that the server needs again
 *
 * Instants are ISO 8601 in UTC. No frame carries HTML; everything is shown through textContent.
 */

/** @import { Answer, Asked, Events, Requests, ServerFrame } from "./types" */

const FIRST_RETRY_MS = 400;
/** However long the bot was away, the page is there again so soon after it. */
const LAST_RETRY_MS = 2000;
/** The code with which a server closes a connection over which something too large came. */
const TOO_LARGE = 1009;

/** A connection that heals itself: requests that were not answered are sent again after it came back. */
export class Connection extends EventTarget {
  /** @type {WebSocket | null} */
  #socket = null;
  /** @type {Map<string, { frame: string, resolve: (answer: any) => void }>} */
  #waiting = new Map();
  #retry = FIRST_RETRY_MS;
  /** @type {() => object} */
  #greeting;
  #ready = false;

  /** @param {() => object} greeting makes the hello frame */
  constructor(greeting) {
    super();
    this.#greeting = greeting;
  }

  get ready() {
    return this.#ready;
  }

  open() {
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(`${scheme}//${location.host}/playground/socket`);
    this.#socket = socket;
    socket.addEventListener("open", () => {
      socket.send(JSON.stringify({ type: "hello", ...this.#greeting() }));
    });
    socket.addEventListener("message", (event) => this.#receive(JSON.parse(event.data)));
    socket.addEventListener("close", (event) => {
      this.#ready = false;
      // What was too large is not sent again, or every new connection would end of it.
      if (event.code === TOO_LARGE) this.#giveUp("This is too large to be sent. Please shorten it, or choose a smaller file.");
      this.#emit("offline", { retry: this.#retry });
      setTimeout(() => this.open(), this.#retry);
      this.#retry = Math.min(this.#retry * 2, LAST_RETRY_MS);
    });
  }

  /**
   * Ask for something. Resolves with the answer; an answer that is not ok resolves too, so that its
   * sentence can be shown where it belongs.
   * @template {keyof Requests} T
   * @param {T} type
   * @param {Asked<T>} fields
   * @returns {Promise<Answer<T>>}
   */
  ask(type, fields) {
    const id = newId();
    const frame = JSON.stringify({ type, id, ...fields });
    return new Promise((resolve) => {
      this.#waiting.set(id, { frame, resolve });
      if (this.#ready) this.#socket?.send(frame);
    });
  }

  /** @param {string} error */
  #giveUp(error) {
    const unanswered = [...this.#waiting];
    this.#waiting.clear();
    for (const [id, { resolve }] of unanswered) resolve({ type: "answer", id, ok: false, error, errors: {} });
  }

  /** @param {ServerFrame} frame */
  #receive(frame) {
    if (frame.type === "answer") {
      const waiting = this.#waiting.get(frame.id);
      this.#waiting.delete(frame.id);
      waiting?.resolve(frame);
      return;
    }
    if (frame.type === "welcome") {
      this.#ready = true;
      this.#retry = FIRST_RETRY_MS;
      const unanswered = [...this.#waiting.values()];
      this.#emit("welcome", frame); // what this asks for is sent by `ask`
      for (const each of unanswered) this.#socket?.send(each.frame);
      return;
    }
    this.#emit(frame.type, frame);
  }

  /** @template {keyof Events} N @param {N} name @param {Events[N]} detail */
  #emit(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
