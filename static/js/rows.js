// Add a row of boxes without asking the server: a copy of the last one, emptied and renumbered.
const NAMED = ["id", "name", "for", "aria-describedby", "aria-labelledby"];

function renumber(row, place) {
  for (const element of [row, ...row.querySelectorAll("*")]) {
    for (const attribute of NAMED.filter((name) => element.hasAttribute(name))) {
      const value = element.getAttribute(attribute);
      element.setAttribute(attribute, value.replace(/links-\d+-/g, `links-${place}-`));
    }
  }
  row.querySelector("[data-row-number]").textContent = place + 1;
}

function empty(row) {
  row.querySelectorAll(".govuk-error-message").forEach((message) => message.remove());
  for (const error of ["govuk-form-group--error", "govuk-input--error"]) {
    row.querySelectorAll(`.${error}`).forEach((element) => element.classList.remove(error));
  }
  row.querySelectorAll("[aria-describedby]").forEach((element) => {
    const ids = element.getAttribute("aria-describedby").split(/\s+/);
    element.setAttribute("aria-describedby", ids.filter((id) => !id.endsWith("-error")).join(" "));
  });
  row.querySelectorAll("input").forEach((input) => {
    input.value = "";
    input.removeAttribute("value");
  });
}

document.body.addEventListener("click", (event) => {
  const button = event.target.closest("[data-add-row]");
  const rows = button?.form?.querySelector("[data-rows]");
  if (!rows) {
    return;
  }
  event.preventDefault();
  const row = rows.lastElementChild.cloneNode(true);
  const place = rows.children.length;
  empty(row);
  renumber(row, place);
  rows.append(row);
  // The attribute `hidden` means nothing to GOV.UK's buttons.
  button.classList.toggle("govuk-!-display-none", place + 1 >= Number(button.dataset.addRow));
  row.querySelector("input").focus();
});
