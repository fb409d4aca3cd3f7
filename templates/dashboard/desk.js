// Keys for whoever works without a mouse; and a page follows what others do, where it says how (data-live). Without this script every page does all that it does with it, once it is asked for again.
"use strict";

const main = document.querySelector("main[data-live]");
const QUIET = 1000; // milliseconds between two askings, however much happens
let stream = null;
let seen = main ? main.dataset.seen : "";
let waiting = false;
let clock = 0;

function changed(field) {
  if (field.type === "checkbox") return field.checked !== field.defaultChecked;
  if (field.tagName !== "SELECT") return field.type !== "hidden" && field.value !== field.defaultValue;
  const options = [...field.options];
  return field.selectedIndex !== Math.max(0, options.findIndex((one) => one.defaultSelected));
}

// What somebody is about to send stays as it is, and so does what it has seen: who sends it is told what happened meanwhile.
function keeps(part, typing) {
  if (part.dataset.part === "held") return false;
  const sends = part.matches("form") || part.querySelector("form");
  return sends && (typing || part.contains(document.activeElement));
}

function put(old, made) {
  const here = old.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  const open = [...old.querySelectorAll("details")].map((one) => one.open);
  const along = old.querySelector(".columns")?.scrollLeft;
  old.replaceWith(document.adoptNode(made));
  if (along) made.querySelector(".columns")?.scrollTo(along, 0);
  made.querySelectorAll("details").forEach((one, place) => { one.open = open[place] || false; });
  if (here) made.querySelector(`a[href="${CSS.escape(here)}"]`)?.focus();
}

async function renew() {
  waiting = false;
  const answer = await fetch(main.dataset.page || location.href);
  if (!answer.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const typing = [...main.querySelectorAll("[data-part] :is(input, select, textarea)")].some(changed);
  for (const old of main.querySelectorAll("[data-part]")) {
    const made = fresh.querySelector(`[data-part="${old.dataset.part}"]`);
    if (made && !keeps(old, typing)) put(old, made);
  }
  document.getElementById("news").textContent = "This page has changed.";
  count();
}

// What was sent a moment ago can be taken back, for as long as the page says.
function count() {
  clearInterval(clock);
  const left = [...document.querySelectorAll("[data-leaves]")];
  if (left.length) clock = setInterval(() => {
    left.forEach((one) => { one.textContent = Math.max(0, one.textContent - 1); });
    if (main && left.some((one) => one.textContent === "0")) renew().catch(() => {});
  }, 1000);
}

function meet(names) {
  const here = document.getElementById("here");
  if (here) here.textContent = names.length ? `${names.join(" and ")} ${names.length > 1 ? "have" : "has"} this ticket open, too.` : "";
}

function hear(event) {
  seen = event.lastEventId;
  if (!waiting) setTimeout(() => renew().catch(() => {}), QUIET / 10);
  waiting = true;
}

// A browser has six lines to a host at most: a page that nobody sees holds none.
function follow() {
  stream?.close();
  stream = document.hidden ? null : new EventSource(`${main.dataset.live}seen=${encodeURIComponent(seen)}`);
  if (!stream) return;
  stream.onmessage = hear;
  stream.addEventListener("here", (event) => meet(JSON.parse(event.data)));
}

if (main) {
  document.addEventListener("visibilitychange", follow);
  follow();
}
count();

// What stands in another form when one is sent comes again with the next page: nothing typed is lost. A form with words is
// kept whole: they may be meant for the status that was chosen beside them.
const texts = () => [...document.querySelectorAll("main form textarea")];
const written = () => [...new Set(texts().map((field) => field.form))];
const fields = (form) => [...form.elements].filter((one) => one.name && one.type !== "hidden" && one.type !== "submit");
const place = (field) => `${field.form.getAttribute("action")} ${field.name}`;

for (const field of written().flatMap(fields)) {
  const kept = sessionStorage.getItem(place(field));
  sessionStorage.removeItem(place(field));
  if (kept === null) continue;
  const offered = !field.options || [...field.options].some((one) => one.value === kept);
  if (field.type !== "textarea") field.value = offered ? kept : field.value;
  else if (!field.value.includes(kept)) field.value = field.value ? `${field.value}\n\n${kept}` : kept;
}

// What only shows something is put into this page: an entry of the history would have Back send the form again.
const SHOWS = "[formaction*='#']"; // where its address leads within the page
const FRAMES = 3;
let asked = 0;
let plainly = false;

// Each mail that would leave is shown in its frame: the first few at once, as each is made again for it.
function frames() {
  for (const form of [...document.querySelectorAll("form[data-frame]")].slice(0, FRAMES)) {
    form.hidden = true;
    form.submit();
  }
}

function fit(here, made, sent) {
  if (made.matches("textarea")) {
    // Whoever has typed on meanwhile keeps that.
    const more = here.value.startsWith(sent) ? here.value.slice(sent.length) : here.value;
    Object.assign(here, { value: [made.value, more].filter(Boolean).join(sent ? "" : "\n\n"), rows: made.rows });
  } else {
    document.querySelectorAll("#leaving, main > .alert, main > .back").forEach((old) => old.remove());
    document.querySelector(".ticket").before(document.adoptNode(made));
    frames();
  }
  (made.querySelector("[tabindex]") || here).focus();
}

async function bring(form, button) {
  const mine = ++asked;
  const place = new URL(button.formAction).hash;
  const sent = document.querySelector(place)?.value;
  const answer = await fetch(button.formAction, { method: "POST", body: new URLSearchParams(new FormData(form)) });
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (!answer.ok) throw new Error(answer.status);
  if (mine === asked) fit(document.querySelector(place), fresh.querySelector(place), sent);
}

frames();

document.addEventListener("submit", (event) => {
  const { target: form, submitter: button } = event;
  if (!plainly && button?.matches(SHOWS)) {
    event.preventDefault();
    // What cannot be shown is said by a page of its own, as without this script.
    bring(form, button).catch(() => { plainly = true; form.requestSubmit(button); });
    return;
  }
  if (event.target.matches("[action='/sign-out']")) sessionStorage.clear();
  else for (const form of written()) {
    const kept = form !== event.target && texts().some((one) => one.form === form && one.value);
    for (const field of fields(form)) {
      if (kept) sessionStorage.setItem(place(field), field.value);
      else sessionStorage.removeItem(place(field));
    }
  }
});

const FIELDS = {
  "/": ".filters [type=search]",
  r: "#words",
  s: "aside [name=status]",
  a: "aside form[action$='/assign'] select",
  m: "aside form[action$='/merge'] input:not([type=hidden])",
};
const keys = document.getElementById("keys");
const act = document.getElementById("keys-on");

const STEPS = { j: 1, k: -1, l: 1, h: -1 };
const reach = (all, place, by) => all[place < 0 ? 0 : Math.min(all.length - 1, Math.max(0, place + by))];

function step(key) {
  if (key === "j" || key === "k") {
    const all = [...document.querySelectorAll("[data-part=list] .opens")];
    reach(all, all.indexOf(document.activeElement), STEPS[key])?.focus();
  } else {
    const all = [...document.querySelectorAll(".column:has(.opens)")];
    reach(all, all.findIndex((one) => one.contains(document.activeElement)), STEPS[key])?.querySelector(".opens").focus();
  }
}

function pressed(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || keys.open) return;
  const field = event.target.closest("input:not([type=checkbox]), select, textarea");
  if (field && event.key === "Escape") field.blur();
  if (field || !act.checked) return;
  if (event.key === "?") keys.showModal();
  else if (event.key === "x") document.activeElement.closest("td, li")?.querySelector("[type=checkbox]")?.click();
  else if (event.key === "u") location.assign("/tickets");
  else if (event.key === "v") document.getElementById("other-shape")?.click();
  else if (Object.hasOwn(STEPS, event.key)) step(event.key);
  else if (Object.hasOwn(FIELDS, event.key)) document.querySelector(FIELDS[event.key])?.focus();
  else return;
  event.preventDefault(); // the letter is not for the field that it led to
}

// They can be switched off (WCAG 2.2, 2.1.4): some speak to their machine, and each word is a row of keys.
act.checked = localStorage.getItem("keys") !== "off";
act.addEventListener("change", () => localStorage.setItem("keys", act.checked ? "on" : "off"));
const show = document.getElementById("keys-show");
show.hidden = false;
show.addEventListener("click", () => keys.showModal());
document.addEventListener("keydown", pressed);
