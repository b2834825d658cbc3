// Keep what somebody types in an answer: on the server as their draft, in this browser while the
// server cannot be reached. Says what is kept and who sees it. Without this the form works as ever.
import * as copies from "./draft-copies.js";
import { offer } from "./draft-offers.js";
import { follow } from "./presence.js";

const PAUSE = 2_000;
const LONGEST_WAIT = 10_000;
// After a refusal each attempt counts against a limit of the server's.
const PAUSE_WHEN_REFUSED = 15_000;
const PAUSE_WHEN_TOO_OFTEN = 60_000;
const PAUSES_WHEN_AWAY = [2_000, 4_000, 8_000, 16_000, 30_000];
const TIMEOUT = 20_000;
const OF_THE_PAGE = new Set(["csrfmiddlewaretoken", "writer", "page", "revision", "next"]);

const form = document.getElementById("answer-form");
const announcements = document.getElementById("announcements");

let kind = ""; // What the status line speaks of: kept, away, or a problem by the server's name.
let keptAt = "";
let kept = ""; // The fields as the server has them.
let changedAt = 0; // When the first change came that the server does not have.
let sentAt = 0;
let attempts = 0;
let timer;
let running = null;
let isLeaving = false;
let mayPass = false;
let hasCopy = false;

const key = () => copies.keyOf(form.dataset.person, form.dataset.answer, form.elements.page.value);
const entries = () => [...new FormData(form)].filter(([, value]) => typeof value === "string");
const pairs = () => entries().filter(([name]) => !OF_THE_PAGE.has(name));
const fields = () => JSON.stringify(pairs());
const isChanged = () => fields() !== kept;
const clock = (time) =>
  new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "Europe/London" }).format(time);

// --- The status line -------------------------------------------------------------------------------

function say(newKind, words, link) {
  document.querySelectorAll("[data-draft-status]").forEach((line) => {
    line.textContent = words;
    line.hidden = false;
    if (link) {
      const anchor = document.createElement("a");
      anchor.className = "govuk-link";
      anchor.href = link.href;
      anchor.textContent = link.text;
      line.append(" ", anchor);
    }
  });
  // Read aloud when something is different, not each time that a draft is kept.
  if (newKind !== kind && announcements) {
    announcements.textContent = link ? `${words} ${link.text}` : words;
  }
  kind = newKind;
}

function sayAway() {
  const copied = hasCopy ? ". This browser keeps a copy meanwhile" : "";
  say("away", `Not kept since ${keptAt || clock(changedAt)}, trying again${copied}`);
}

// --- Keeping ---------------------------------------------------------------------------------------

function keepCopy() {
  hasCopy = copies.keep(key(), pairs());
}

async function ask(data) {
  const options = { method: "POST", body: data, redirect: "manual", signal: AbortSignal.timeout(TIMEOUT) };
  const response = await fetch(form.dataset.draftUrl, options);
  const isTold = response.headers.get("Content-Type")?.startsWith("application/json");
  if (response.type === "opaqueredirect") {
    return { problem: "signed-out", message: "You have been signed out, and what you type is not kept." };
  }
  if (!isTold) {
    throw new Error(`The portal answered ${response.status}.`);
  }
  return response.json();
}

function dataOf(found) {
  const data = new FormData();
  found.forEach(([name, value]) => data.append(name, value));
  return data;
}

async function send() {
  clearTimeout(timer);
  const sent = fields();
  sentAt = Date.now();
  try {
    hear(await ask(dataOf(entries())), sent);
  } catch {
    changedAt ||= sentAt;
    keepCopy();
    sayAway();
    wait(PAUSES_WHEN_AWAY[Math.min(attempts, PAUSES_WHEN_AWAY.length - 1)]);
    attempts += 1;
    return;
  }
  attempts = 0;
  changedAt = 0;
  if (kind === "too-often") {
    wait(PAUSE_WHEN_TOO_OFTEN);
  } else if (fields() !== sent) {
    changedAt = Date.now();
    wait(pause());
  }
}

function hear(told, sent) {
  if (told.kept_at) {
    kept = sent;
    keptAt = told.kept_at;
    form.elements.revision.value = told.revision;
    copies.forget(key());
    hasCopy = false;
  } else {
    keepCopy();
  }
  if (told.problem) {
    say(told.problem, told.message, told.href && { href: told.href, text: told.link });
  } else {
    const newer = told.newer ? `. ${told.newer}` : "";
    say(told.newer ? "newer" : "kept", `Draft kept at ${keptAt}; colleagues do not see it yet${newer}`);
    document.dispatchEvent(new Event("app:visited"));
  }
  if (told.others) {
    document.dispatchEvent(new CustomEvent("app:others", { detail: told.others }));
  }
}

// One request at a time.
function sendOnce() {
  running ??= send().finally(() => {
    running = null;
  });
  return running;
}

function wait(pause) {
  clearTimeout(timer);
  if (!isLeaving) {
    timer = setTimeout(sendOnce, pause);
  }
}

// How long to wait for more: not for ever while somebody types on, and longer after a refusal.
function pause() {
  const now = Date.now();
  const typedOn = Math.min(PAUSE, Math.max(0, changedAt + LONGEST_WAIT - now));
  return ["", "kept", "newer", "away"].includes(kind) ? typedOn : Math.max(typedOn, sentAt + PAUSE_WHEN_REFUSED - now);
}

function changed() {
  if (!isChanged()) {
    return;
  }
  changedAt ||= Date.now();
  if (kind === "away") {
    keepCopy();
  } else if (!running) {
    wait(pause());
  }
}

// --- Saving, leaving -------------------------------------------------------------------------------

async function submitted(event) {
  if (mayPass) {
    mayPass = false;
    isLeaving = true;
    return;
  }
  clearTimeout(timer);
  keepCopy();
  copies.noteSent(form.dataset.answer, form.elements.page.value);
  if (!running && kind !== "away" && navigator.onLine) {
    isLeaving = true;
    return;
  }
  // A draft under way would arrive after the save; and a page that cannot be reached is not left for.
  event.preventDefault();
  const button = event.submitter;
  await running;
  if (kind === "away" || !navigator.onLine) {
    await sendOnce();
  }
  if (kind === "away") {
    const where = hasCopy ? "This browser keeps what you typed. " : "";
    say("not-saved", `Not saved, because the portal cannot be reached. ${where}Save again once you are connected.`);
    kind = "away";
    return;
  }
  mayPass = true;
  form.requestSubmit(button);
}

function left() {
  if (!isLeaving && isChanged()) {
    keepCopy();
  }
  // What is sent from a page that has been left would cross what its successor sends.
  isLeaving = true;
  clearTimeout(timer);
}

function cameBack(event) {
  isLeaving = false;
  if (event.persisted) {
    changed();
  }
}

function start() {
  const page = new URL("./", new URL(form.dataset.draftUrl, location.href)).pathname;
  // A page that answers a form shows what was sent, which may be more than the draft has.
  const isAnswerToForm = location.pathname !== page;
  kept = isAnswerToForm ? "" : fields();
  if (isAnswerToForm) {
    copies.forget(key());
  }
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  form.addEventListener("submit", submitted);
  window.addEventListener("online", () => kind === "away" && !isLeaving && sendOnce());
  window.addEventListener("pagehide", left);
  window.addEventListener("pageshow", cameBack);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden && !isLeaving && isChanged() && ["", "kept", "newer"].includes(kind)) {
      sendOnce();
    }
  });
  window.addEventListener("beforeunload", (event) => {
    if (kind === "away" && !hasCopy && !isLeaving && isChanged()) {
      event.preventDefault();
    }
  });
  follow(form);
  offer(form, { shown: pairs, flush: () => isChanged() && sendOnce(), ask, dataOf, page });
  if (isAnswerToForm) {
    changed();
  }
}

// --- On every page ---------------------------------------------------------------------------------

copies.forgetOld();
document
  .querySelectorAll("[data-saved-answer]")
  .forEach((element) => copies.forgetSaved(element.dataset.savedAnswer));
document.addEventListener("submit", (event) => {
  const action = event.submitter?.getAttribute("formaction") ?? event.target.getAttribute("action") ?? "";
  const path = new URL(action, location.href).pathname;
  const discarded = path.match(/\/answers\/(\d+)\/draft\/discard$/);
  if (discarded) {
    copies.forgetPage(discarded[1], event.target.elements.page?.value);
  }
  const person = document.getElementById("session")?.dataset.person;
  if (person && path.endsWith("/accounts/logout/")) {
    copies.forgetPerson(person);
  }
});
if (form) {
  start();
}
