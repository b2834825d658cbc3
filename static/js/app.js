// Enhance GOV.UK Frontend's components, also in what htmx brings later.
import { initAll } from "../govuk-frontend.min.js";
import "./announce.js";
import "./drafts.js";
import "./radios.js";
import "./rows.js";
import "./session.js";

initAll();

document.body.addEventListener("htmx:load", (event) => {
  if (event.detail.elt !== document.body) {
    initAll({ scope: event.detail.elt });
  }
});
