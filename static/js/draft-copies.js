// What the server could not be given stays in this browser: for one person, seven days at most.
const PREFIX = "draft";
const LONGEST = 7 * 24 * 60 * 60 * 1000;

// A browser may refuse to store anything, or have no room; then there is no copy.
function storing(work, otherwise) {
  try {
    return work(window.localStorage);
  } catch {
    return otherwise;
  }
}

const keys = () => storing((store) => Object.keys(store).filter((key) => key.startsWith(`${PREFIX}:`)), []);

const read = (key) =>
  storing((store) => {
    const copy = JSON.parse(store.getItem(key));
    return Array.isArray(copy?.pairs) && typeof copy.at === "number" ? copy : null;
  }, null);

export const keyOf = (person, answer, page) => `${PREFIX}:${person}:${answer}:${page}`;

// Keep the fields of a page, each a name and a text; whether there was room for them.
export const keep = (key, pairs) =>
  storing((store) => {
    store.setItem(key, JSON.stringify({ at: Date.now(), pairs }));
    return true;
  }, false);

export const forget = (key) => storing((store) => store.removeItem(key));

// The copies of one person and answer, the latest first.
export const copiesOf = (person, answer) =>
  keys()
    .filter((key) => key.startsWith(keyOf(person, answer, "")))
    .map((key) => ({ key, ...read(key) }))
    .filter((copy) => copy.pairs)
    .sort((one, other) => other.at - one.at);

// A page of that name has been saved or thrown away.
export const forgetPage = (answer, page) =>
  keys()
    .filter((key) => key.endsWith(`:${answer}:${page}`))
    .forEach(forget);

export const forgetPerson = (person) =>
  keys()
    .filter((key) => key.startsWith(`${PREFIX}:${person}:`))
    .forEach(forget);

export const forgetOld = () =>
  keys()
    .filter((key) => !(read(key)?.at > Date.now() - LONGEST))
    .forEach(forget);

// --- Across a page that is left: which page was sent to be saved ---------------------------------

const sentKey = (answer) => `${PREFIX}-sent:${answer}`;

export function noteSent(answer, page) {
  try {
    window.sessionStorage.setItem(sentKey(answer), page);
  } catch {
    // Then the copy stays for its seven days.
  }
}

export function forgetSaved(answer) {
  try {
    const page = window.sessionStorage.getItem(sentKey(answer));
    window.sessionStorage.removeItem(sentKey(answer));
    if (page) {
      forgetPage(answer, page);
    }
  } catch {
    // Then there is no copy either.
  }
}
