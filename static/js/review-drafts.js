// Keep what a reviewer types, for them alone, every few seconds. Without this the button
// “Save for later” does the same.
const PAUSE = 3_000;
const PAUSE_WHEN_AWAY = 15_000;
const TIMEOUT = 20_000;

const form = document.getElementById("review-form");
const line = document.querySelector("[data-draft-status]");
const announcements = document.getElementById("announcements");

const fields = () => [...new FormData(form)].filter(([name]) => name === "note" || name === "private" || name.startsWith("comment-"));
const words = () => JSON.stringify(fields());

let kept = words();
let kind = "";
let timer;
let running = null;
let isStopped = false;

function say(newKind, text) {
  line.textContent = text;
  line.hidden = false;
  // Read aloud when something is different, not each time that the draft is kept.
  if (newKind !== kind && announcements) {
    announcements.textContent = text;
  }
  kind = newKind;
}

function stop(text) {
  isStopped = true;
  say("stopped", text);
}

async function ask() {
  const options = {
    method: "POST",
    body: new FormData(form),
    headers: { Accept: "application/json" },
    redirect: "manual",
    signal: AbortSignal.timeout(TIMEOUT),
  };
  const response = await fetch(form.action, options);
  const isTold = response.headers.get("Content-Type")?.startsWith("application/json");
  if (response.type === "opaqueredirect" || [401, 403, 404].includes(response.status)) {
    return { message: "What you type is not kept, because you have been signed out or your role has changed." };
  }
  if (!isTold) {
    throw new Error(`The portal answered ${response.status}.`);
  }
  return response.json();
}

async function send() {
  const sent = words();
  try {
    const told = await ask();
    if (told.message) {
      stop(told.message);
      return;
    }
    kept = sent;
    if (told.kept) {
      form.elements.kept.value = told.kept;
      say("kept", `Kept at ${told.at} for you alone; nobody is told until you decide`);
      document.dispatchEvent(new Event("app:visited"));
    }
  } catch {
    say("away", "What you type is not kept now, because the portal cannot be reached. Trying again.");
    wait(PAUSE_WHEN_AWAY);
  }
  if (kind === "kept" && words() !== kept) {
    wait(PAUSE);
  }
}

function sendOnce() {
  running ??= send().finally(() => {
    running = null;
  });
}

function wait(pause) {
  clearTimeout(timer);
  if (!isStopped) {
    timer = setTimeout(sendOnce, pause);
  }
}

form.addEventListener("input", () => {
  if (!running && words() !== kept) {
    wait(kind === "away" ? PAUSE_WHEN_AWAY : PAUSE);
  }
});

// What is under way when a button is pressed would arrive after it; a page that is left sends no more.
form.addEventListener("submit", (event) => {
  clearTimeout(timer);
  isStopped = true;
  if (running) {
    event.preventDefault();
    const button = event.submitter;
    running.finally(() => form.requestSubmit(button));
  }
});

// Back from the browser's memory, the page goes on.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) {
    isStopped = false;
  }
});
