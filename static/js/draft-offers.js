// What this browser kept by itself is offered on the page of its answer, to put in or throw away.
import * as copies from "./draft-copies.js";

const HIDDEN = new Set(["version", "completed_for", "support_seen", "shown_version", "shown_support", "conflicts"]);

const words = (pairs) =>
  pairs
    .filter(([name, value]) => value && !HIDDEN.has(name))
    .map(([name, value]) => [name, value.replaceAll("\r\n", "\n")]);

const when = (time) =>
  new Intl.DateTimeFormat("en-GB", {
    day: "numeric",
    month: "long",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    timeZone: "Europe/London",
  }).format(time);

function element(name, className, text = "") {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

function button(text, className, press) {
  const made = element("button", `govuk-button ${className}`, text);
  made.type = "button";
  made.addEventListener("click", press);
  return made;
}

function labelOf(form, name) {
  const found = form.querySelector(`[name="${CSS.escape(name)}"]`);
  const label = found?.closest("fieldset")?.querySelector("legend") ?? found?.labels?.[0];
  return label?.textContent.trim() ?? name;
}

// What was chosen by its label, what was typed as it was typed.
function wordsOf(form, name, value) {
  const chosen = form.querySelector(`[name="${CSS.escape(name)}"][value="${CSS.escape(value)}"]`);
  return chosen?.matches("[type=radio], [type=checkbox]") ? chosen.labels[0]?.textContent.trim() : value;
}

function read(form, pairs) {
  const details = element("details", "govuk-details");
  const summary = element("summary", "govuk-details__summary");
  summary.append(element("span", "govuk-details__summary-text", "Read what it says"));
  const list = element("dl", "govuk-details__text");
  words(pairs).forEach(([name, value]) => {
    const text = element("span", "app-typed", wordsOf(form, name, value));
    text.dir = "auto";
    const box = element("dd", "app-copy");
    box.append(text);
    list.append(element("dt", "govuk-heading-s govuk-!-margin-bottom-1", labelOf(form, name)), box);
  });
  details.append(summary, list);
  return details;
}

function box(form, copy, tools) {
  const made = element("div", "govuk-inset-text");
  const said = element("p", "govuk-body", `This browser kept what you typed on ${when(copy.at)}.`);
  said.tabIndex = -1;
  const buttons = element("div", "govuk-button-group");
  const drop = () => {
    copies.forget(copy.key);
    said.textContent = "Thrown away.";
    made.replaceChildren(said);
    said.focus();
  };
  const put = async () => {
    // What stands in the form now is kept first, and put aside by what is brought back.
    await tools.flush();
    const own = ["csrfmiddlewaretoken", "writer", "page", "revision"].map((name) => [name, form.elements[name].value]);
    try {
      const told = await tools.ask(tools.dataOf([...copy.pairs, ...own, ["is_copy", "1"]]));
      if (told.kept_at) {
        copies.forget(copy.key);
        location.assign(told.href ?? tools.page);
        return;
      }
      said.textContent = told.message;
    } catch {
      said.textContent = "The portal cannot be reached now. Try again in a moment.";
    }
    said.focus();
  };
  buttons.append(
    button("Put it into the form", "govuk-button--secondary", put),
    button("Throw it away", "govuk-button--warning", drop),
  );
  made.append(said, read(form, copy.pairs), buttons);
  return made;
}

// Offer each copy that says something else than the form; one that says the same has done its work.
export function offer(form, tools) {
  const place = form.querySelector("[data-draft-copies]");
  const shown = JSON.stringify(words(tools.shown()));
  copies.copiesOf(form.dataset.person, form.dataset.answer).forEach((copy) => {
    if (JSON.stringify(words(copy.pairs)) === shown) {
      copies.forget(copy.key);
    } else {
      place?.append(box(form, copy, tools));
    }
  });
}
