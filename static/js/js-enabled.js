// Before anything is painted: say that scripts run, so that styles for enhanced components apply.
document.body.classList.add("js-enabled");
if ("noModule" in HTMLScriptElement.prototype) {
  document.body.classList.add("govuk-frontend-supported");
}
