// Read the state of long work aloud when its words change, not at every poll.
const region = document.getElementById("announcements");
let last = "";

document.body.addEventListener("htmx:afterSwap", () => {
  const words = [...document.querySelectorAll("[data-announce]")]
    .map((element) => element.textContent.trim())
    .join(". ");
  if (region && words !== last) {
    last = words;
    region.textContent = words;
  }
});
