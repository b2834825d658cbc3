// Who else has the page open: a note, asked for while somebody is at it.
const EVERY = 30_000;
// Asking counts as a visit: a page that nobody touches must not keep its session alive.
const STILL_THERE = 5 * 60_000;

let touchedAt = Date.now();
let last = "";

function show(names) {
  const line = document.querySelector("[data-draft-others]");
  if (!line || names.join() === last) {
    return;
  }
  last = names.join();
  const have = names.length === 1 ? "has" : "have";
  line.hidden = names.length === 0;
  line.textContent = names.length
    ? `${names.join(", ")} ${have} this page open too. Nothing is locked: where you change the same thing, you choose when you save.`
    : "";
  const announcements = document.getElementById("announcements");
  if (announcements) {
    announcements.textContent = names.length
      ? `${names.join(", ")} ${have} this page open too`
      : "You have this page to yourself";
  }
}

export function follow(form) {
  last = form.querySelector("[data-draft-others]")?.dataset.draftOthers ?? "";
  ["input", "pointerdown", "keydown", "scroll"].forEach((name) =>
    document.addEventListener(name, () => (touchedAt = Date.now()), { passive: true }),
  );
  document.addEventListener("app:others", (event) => show(event.detail));
  setInterval(async () => {
    if (document.hidden || Date.now() - touchedAt > STILL_THERE) {
      return;
    }
    const data = new FormData();
    data.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    try {
      const response = await fetch(form.dataset.presenceUrl, { method: "POST", body: data, redirect: "manual" });
      if (response.ok) {
        show((await response.json()).others);
      }
    } catch {
      // The status line says when the portal is away.
    }
  }, EVERY);
}
