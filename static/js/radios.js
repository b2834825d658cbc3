// GOV.UK Frontend marks a radio that reveals a field with aria-expanded, which ARIA does not allow
// on radios and some screen readers read wrongly. aria-controls stays.
const isExpandedRadio = (element) => element.matches('input[type="radio"][aria-expanded]');

new MutationObserver((changes) => {
  changes
    .map((change) => change.target)
    .filter(isExpandedRadio)
    .forEach((radio) => radio.removeAttribute("aria-expanded"));
}).observe(document.body, { attributeFilter: ["aria-expanded"], subtree: true });
