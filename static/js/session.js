// Say that the session is about to end, and renew it when asked: half-typed text is worth a warning.
const WARN_BEFORE_SECONDS = 10 * 60;
const box = document.getElementById("session");
let timer;

function wait() {
  box.firstElementChild.hidden = true;
  timer = setTimeout(warn, (Number(box.dataset.seconds) - WARN_BEFORE_SECONDS) * 1000);
}

function warn() {
  box.firstElementChild.hidden = false;
}

async function stay() {
  // Any visit renews the session; this one is the cheapest.
  const answer = await fetch(box.dataset.visit, { cache: "no-store" });
  if (answer.ok) {
    clearTimeout(timer);
    wait();
  }
}

if (box) {
  box.querySelector("button").addEventListener("click", stay);
  // A draft that was kept is a visit too.
  document.addEventListener("app:visited", () => {
    clearTimeout(timer);
    wait();
  });
  wait();
}
