// Two things the staff site does not need: keys instead of the mouse, and counts that follow.
// The list of keys stands on /staff/keys, where they can be turned off (WCAG 2.1.4).
const OFF = "keys-off";
const EVERY = 15_000;
const root = "/staff/";

// --- Keys ---------------------------------------------------------------------------------------

const people = () => [...document.querySelectorAll("main a.who")];
const open = (path) => () => location.assign(root + path);

function step(by) {
  const all = people();
  const here = all.indexOf(document.activeElement);
  const next = here < 0 ? (by > 0 ? 0 : all.length - 1) : here + by;
  all[Math.min(Math.max(next, 0), all.length - 1)]?.focus();
}

function take() {
  const part = document.activeElement.closest("tr, .lane") ?? document.querySelector("main");
  const forms = part.querySelectorAll("form[action$='/take']");
  if (forms.length === 1) forms[0].requestSubmit(); // of several nobody knows which is meant
}

function focus(selector, otherwise) {
  const field = document.querySelector(selector);
  if (field) field.focus();
  else otherwise?.();
}

const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  t: take,
  n: () => document.querySelector("main a[rel=next]")?.click(),
  "/": () => focus("input[type=search]", open("search")),
  m: () => focus("textarea[name=body]"),
  q: open(""),
  c: open("calendar"),
  h: open("shift"),
  "?": open("keys"),
};

const isOff = () => localStorage.getItem(OFF) !== null;
const isTyping = (target) => target.closest("input, textarea, select, [contenteditable]");

document.addEventListener("keydown", (event) => {
  const act = KEYS[event.key];
  const isMeant = !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping(event.target);
  if (!act || !isMeant || isOff()) return;
  event.preventDefault();
  act();
});

const toggle = document.querySelector("[data-keys]");
if (toggle) {
  const show = () => { toggle.textContent = isOff() ? toggle.dataset.on : toggle.dataset.off; };
  toggle.addEventListener("click", () => {
    if (isOff()) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "1");
    show();
  });
  toggle.hidden = false;
  show();
}

// --- Counts -------------------------------------------------------------------------------------

const news = document.querySelector("[data-news]");
let tag = news?.dataset.tag ?? "";
const urgent = Number(news?.dataset.urgent ?? 0);
const request = news?.dataset.of ?? "";

function tell(words) {
  const link = document.createElement("a");
  link.href = news.dataset.href;
  link.textContent = news.dataset.show;
  news.replaceChildren(words + " ", link);
}

// On the page of a request, what matters is whether somebody else is about to call.
function tellHolder({ holder }) {
  if (holder !== news.dataset.holder) tell(holder ? news.dataset.taken : news.dataset.free);
  news.classList.toggle("alert", holder !== "" && holder !== news.dataset.holder);
}

function tellQueue({ flags }) {
  news.classList.toggle("alert", flags > urgent);
  tell(flags > urgent ? news.dataset.alarm : news.dataset.changed);
}

function show(counts, isFirst) {
  for (const each of document.querySelectorAll("[data-live]")) each.textContent = counts[each.dataset.live] ?? "";
  if (request) tellHolder(counts);
  else if (news && !isFirst) tellQueue(counts);
}

async function look() {
  if (document.hidden) return;
  let answer;
  try {
    answer = await fetch(root + "live" + (request && `?request=${request}`), { headers: { "If-None-Match": tag }, redirect: "manual" });
  } catch {
    return; // no network for the moment
  }
  if (answer.type === "opaqueredirect") {
    clearInterval(timer);
    if (news) tell(news.dataset.ended);
  } else if (answer.ok) {
    const isFirst = tag === "";
    tag = answer.headers.get("ETag");
    show(await answer.json(), isFirst);
  }
}

// Pages of those who may not see the queue have nothing to follow.
const timer = document.querySelector("[data-live]") && setInterval(look, EVERY);
if (timer) document.addEventListener("visibilitychange", look);
